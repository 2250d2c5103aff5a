// Package dormouse drives a server with the official Go SDK, unmodified.
package dormouse

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/scaleway/scaleway-sdk-go/api/container/v1"
	"github.com/scaleway/scaleway-sdk-go/scw"
)

const (
	hello    = "dormouse-examples/hello:latest"
	patience = 2 * time.Minute
	interval = 200 * time.Millisecond
)

// newAPI gives the API as a program gets it that knows nothing but its environment.
func newAPI(t *testing.T, options ...scw.ClientOption) *container.API {
	t.Helper()
	client, err := scw.NewClient(append([]scw.ClientOption{scw.WithEnv()}, options...)...)
	must(t, err)
	return container.NewAPI(client)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func equal[T comparable](t *testing.T, what string, got, wanted T) {
	t.Helper()
	if got != wanted {
		t.Errorf("%s is %v, not %v", what, got, wanted)
	}
}

func contains(t *testing.T, what, text, part string) {
	t.Helper()
	if !strings.Contains(text, part) {
		t.Errorf("%s is %q, without %q", what, text, part)
	}
}

// refused is the error of the given type that a call must end with.
func refused[E error](t *testing.T, err error) E {
	t.Helper()
	var wanted E
	if !errors.As(err, &wanted) {
		t.Fatalf("the error is %T (%v), not %T", err, err, wanted)
	}
	return wanted
}

func unique(prefix string) string {
	return fmt.Sprintf("%s-%08x", prefix, rand.Uint32())
}

// makeNamespace makes a namespace, ready, that goes with the test.
func makeNamespace(t *testing.T, api *container.API, request container.CreateNamespaceRequest) *container.Namespace {
	t.Helper()
	if request.Name == "" {
		request.Name = unique("ns")
	}
	made, err := api.CreateNamespace(&request)
	must(t, err)
	t.Cleanup(func() { removeNamespace(t, api, made.ID) })
	ready, err := api.WaitForNamespace(&container.WaitForNamespaceRequest{
		NamespaceID: made.ID, Timeout: new(patience), RetryInterval: new(interval),
	})
	must(t, err)
	return ready
}

func removeNamespace(t *testing.T, api *container.API, id string) {
	t.Helper()
	_, err := api.DeleteNamespace(&container.DeleteNamespaceRequest{NamespaceID: id})
	if err == nil {
		_, err = api.WaitForNamespace(&container.WaitForNamespaceRequest{
			NamespaceID: id, Timeout: new(patience), RetryInterval: new(interval),
		})
	}
	refused[*scw.ResourceNotFoundError](t, err)
}

// deploy makes a container of the hello example and waits until it is settled.
func deploy(t *testing.T, api *container.API, request container.CreateContainerRequest) *container.Container {
	t.Helper()
	if request.NamespaceID == "" {
		request.NamespaceID = makeNamespace(t, api, container.CreateNamespaceRequest{}).ID
	}
	if request.Name == "" {
		request.Name = unique("co")
	}
	if request.Image == "" {
		request.Image = hello
	}
	made, err := api.CreateContainer(&request)
	must(t, err)
	return settled(t, api, made.ID)
}

func settled(t *testing.T, api *container.API, id string) *container.Container {
	t.Helper()
	one, err := api.WaitForContainer(&container.WaitForContainerRequest{
		ContainerID: id, Timeout: new(patience), RetryInterval: new(interval),
	})
	must(t, err)
	return one
}

// update changes the container and waits until it is settled.
func update(t *testing.T, api *container.API, request container.UpdateContainerRequest) *container.Container {
	t.Helper()
	changed, err := api.UpdateContainer(&request)
	must(t, err)
	return settled(t, api, changed.ID)
}

// call asks the container for a path at its endpoint as it is told.
func call(t *testing.T, one *container.Container, path string, headers ...string) (int, string) {
	t.Helper()
	request, err := http.NewRequest(http.MethodGet, one.PublicEndpoint+path, nil)
	must(t, err)
	for at := 0; at < len(headers); at += 2 {
		request.Header.Set(headers[at], headers[at+1])
	}
	client := http.Client{Timeout: patience, CheckRedirect: asItIs, Transport: trusting(t)}
	defer client.CloseIdleConnections()
	answer, err := client.Do(request)
	must(t, err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	must(t, err)
	return answer.StatusCode, string(body)
}

// withoutTLS is the container as it is called in the clear.
func withoutTLS(t *testing.T, one *container.Container) *container.Container {
	t.Helper()
	endpoint, err := url.Parse(one.PublicEndpoint)
	must(t, err)
	_, port, err := net.SplitHostPort(os.Getenv("DORMOUSE_GATEWAY_LISTEN"))
	must(t, err)
	plain := *one
	plain.PublicEndpoint = "http://" + net.JoinHostPort(endpoint.Hostname(), port)
	return &plain
}

// trusting reaches names under .localhost, which are this machine whoever resolves, and trusts the server's authority.
func trusting(t *testing.T) *http.Transport {
	t.Helper()
	authority, err := os.ReadFile(filepath.Join(os.Getenv("DORMOUSE_DATA_DIR"), "tls", "ca.pem"))
	must(t, err)
	trusted := x509.NewCertPool()
	if !trusted.AppendCertsFromPEM(authority) {
		t.Fatal("the authority's certificate cannot be read")
	}
	return &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: trusted},
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			host, port, err := net.SplitHostPort(address)
			if err == nil && strings.HasSuffix(host, ".localhost") {
				address = net.JoinHostPort("127.0.0.1", port)
			}
			return new(net.Dialer).DialContext(ctx, network, address)
		},
	}
}

func asItIs(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// greets checks what the container answers at its endpoint.
func greets(t *testing.T, one *container.Container, greeting string) {
	t.Helper()
	status, body := call(t, one, "/")
	equal(t, "the status", status, http.StatusOK)
	contains(t, "the answer", body, greeting+" from ")
}

// until asks until the answer is true; the deadline is what makes it a test.
func until(t *testing.T, what string, question func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(interval / 10) {
		if question() {
			return
		}
	}
	t.Fatalf("%s: not within %s", what, patience)
}

// awaitRequest returns when the container is at work on a request.
func awaitRequest(t *testing.T, one *container.Container) {
	t.Helper()
	atWork := regexp.MustCompile(`dormouse_gateway_in_flight\{[^}]*"` + one.Name + `"[^}]*\} [1-9]`)
	until(t, "a request comes under way", func() bool {
		answer, err := http.Get(os.Getenv("SCW_API_URL") + "/metrics")
		must(t, err)
		defer answer.Body.Close()
		metrics, err := io.ReadAll(answer.Body)
		must(t, err)
		return atWork.Match(metrics)
	})
}
