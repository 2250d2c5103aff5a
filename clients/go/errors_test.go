package dormouse

import (
	"net/http"
	"strings"
	"testing"

	"github.com/scaleway/scaleway-sdk-go/api/container/v1"
	"github.com/scaleway/scaleway-sdk-go/scw"
)

const unknown = "12345678-1234-4123-8123-123456789abc"

func TestWhatIsNotThereIsNotFound(t *testing.T) {
	api := newAPI(t)
	_, err := api.GetContainer(&container.GetContainerRequest{ContainerID: unknown})
	notFound := refused[*scw.ResourceNotFoundError](t, err)
	equal(t, "the kind", notFound.Resource, "container")
	equal(t, "the id", notFound.ResourceID, unknown)
	_, err = api.DeleteNamespace(&container.DeleteNamespaceRequest{NamespaceID: unknown})
	equal(t, "the kind", refused[*scw.ResourceNotFoundError](t, err).Resource, "namespace")
	_, err = api.CreateContainer(&container.CreateContainerRequest{NamespaceID: unknown, Name: "web", Image: hello})
	equal(t, "the kind", refused[*scw.ResourceNotFoundError](t, err).Resource, "namespace")
}

func TestEveryWrongArgumentIsNamed(t *testing.T) {
	api := newAPI(t)
	namespace := makeNamespace(t, api, container.CreateNamespaceRequest{})
	_, err := api.CreateContainer(&container.CreateContainerRequest{
		NamespaceID: namespace.ID, Name: "-no good-", Image: "NOT AN IMAGE", Port: new(uint32(70000)),
		LivenessProbe: &container.ContainerProbe{HTTP: &container.ContainerProbeHTTPProbe{Path: "no-slash"}},
	})
	named := map[string]string{}
	for _, detail := range refused[*scw.InvalidArgumentsError](t, err).Details {
		named[detail.ArgumentName] = detail.HelpMessage
	}
	for _, argument := range []string{"name", "image", "port", "liveness_probe.http.path"} {
		if named[argument] == "" {
			t.Errorf("%s is not among the wrong arguments: %v", argument, named)
		}
	}
}

func TestANameIsTakenOnce(t *testing.T) {
	api := newAPI(t)
	namespace := makeNamespace(t, api, container.CreateNamespaceRequest{})
	_, err := api.CreateNamespace(&container.CreateNamespaceRequest{Name: namespace.Name})
	taken := refused[*scw.ResponseError](t, err)
	equal(t, "the status", taken.StatusCode, http.StatusConflict)
	equal(t, "the type", taken.Type, "already_exists")
	contains(t, "the message", taken.Message, "already exists")
}

func TestAnUnknownKeyIsDenied(t *testing.T) {
	api := newAPI(t, scw.WithAuth("SCWXXXXXXXXXXXXXXXXX", unknown))
	_, err := api.ListNamespaces(&container.ListNamespacesRequest{})
	equal(t, "the reason", refused[*scw.DeniedAuthenticationError](t, err).Reason, "not_found")
}

func TestAnotherProjectIsOutOfReach(t *testing.T) {
	api := newAPI(t)
	_, err := api.CreateNamespace(&container.CreateNamespaceRequest{Name: unique("ns"), ProjectID: unknown})
	denied := refused[*scw.PermissionsDeniedError](t, err)
	equal(t, "the resource", denied.Details[0].Resource, "namespace")
}

func TestWhatIsBeingDeletedIsLeftAlone(t *testing.T) {
	api := newAPI(t)
	made := deploy(t, api, container.CreateContainerRequest{MinScale: new(uint32(1))})
	// a request under way keeps the container for as long as the request takes
	done := make(chan struct{})
	go func() {
		defer close(done)
		status, _ := call(t, made, "/wait/3000")
		equal(t, "the answer to a request that was under way", status, http.StatusOK)
	}()
	awaitRequest(t, made)
	_, err := api.DeleteContainer(&container.DeleteContainerRequest{ContainerID: made.ID})
	must(t, err)
	_, err = api.UpdateContainer(&container.UpdateContainerRequest{ContainerID: made.ID, Port: new(uint32(9000))})
	transient := refused[*scw.TransientStateError](t, err)
	equal(t, "the state", transient.CurrentState, "deleting")
	<-done
}

func TestAnImageThatCannotBeHadIsTold(t *testing.T) {
	api := newAPI(t)
	failed := deploy(t, api, container.CreateContainerRequest{Image: "127.0.0.1:1/nobody/nothing:1"})
	equal(t, "the status", failed.Status, container.ContainerStatusError)
	contains(t, "the error", *failed.ErrorMessage, `Image "127.0.0.1:1/nobody/nothing:1" could not be pulled`)

	mended := update(t, api, container.UpdateContainerRequest{ContainerID: failed.ID, Image: new(hello)})
	equal(t, "the status", mended.Status, container.ContainerStatusReady)
	equal(t, "the error left", strings.TrimSpace(*mended.ErrorMessage), "")
	greets(t, mended, "Hello")
}
