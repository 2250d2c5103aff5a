package dormouse

import (
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/scaleway/scaleway-sdk-go/api/container/v1"
	"github.com/scaleway/scaleway-sdk-go/scw"
)

func httpProbe() *container.ContainerProbe {
	return &container.ContainerProbe{
		FailureThreshold: 5,
		Interval:         scw.NewDurationFromTimeDuration(2500 * time.Millisecond),
		Timeout:          scw.NewDurationFromTimeDuration(2 * time.Second),
		HTTP:             &container.ContainerProbeHTTPProbe{Path: "/"},
	}
}

func TestEveryFieldComesBackAsItWasGiven(t *testing.T) {
	api := newAPI(t)
	made := deploy(t, api, container.CreateContainerRequest{
		Description:            new("all of it"),
		EnvironmentVariables:   map[string]string{"GREETING": "Hej", "LINES": "one\ntwo"},
		MinScale:               new(uint32(1)),
		MaxScale:               new(uint32(2)),
		MemoryLimitBytes:       new(256 * scw.MB),
		MvcpuLimit:             new(uint32(500)),
		Timeout:                scw.NewDurationFromTimeDuration(90 * time.Second),
		Privacy:                container.ContainerPrivacyPrivate,
		Protocol:               container.ContainerProtocolHTTP1,
		Port:                   new(uint32(9123)),
		Sandbox:                container.ContainerSandboxV1,
		LocalStorageLimitBytes: new(1500 * scw.MB),
		ScalingOption:          &container.ContainerScalingOption{ConcurrentRequestsThreshold: new(uint32(7))},
		LivenessProbe:          httpProbe(),
		StartupProbe:           httpProbe(),
		Tags:                   []string{"x", "dormouse.idle-after=90s"},
		Command:                []string{"/hello"},
		Args:                   []string{"ignored"},
	})
	equal(t, "the status", made.Status, container.ContainerStatusReady)
	equal(t, "the description", made.Description, "all of it")
	equal(t, "the environment", maps.Equal(made.EnvironmentVariables,
		map[string]string{"GREETING": "Hej", "LINES": "one\ntwo"}), true)
	equal(t, "the least", made.MinScale, 1)
	equal(t, "the most", made.MaxScale, 2)
	equal(t, "the memory", made.MemoryLimitBytes, 256*scw.MB)
	equal(t, "the CPU", made.MvcpuLimit, 500)
	equal(t, "the timeout", *made.Timeout.ToTimeDuration(), 90*time.Second)
	equal(t, "the privacy", made.Privacy, container.ContainerPrivacyPrivate)
	equal(t, "the protocol", made.Protocol, container.ContainerProtocolHTTP1)
	equal(t, "the port", made.Port, 9123)
	equal(t, "the sandbox", made.Sandbox, container.ContainerSandboxV1)
	equal(t, "the storage", made.LocalStorageLimitBytes, 1500*scw.MB)
	equal(t, "the concurrency", *made.ScalingOption.ConcurrentRequestsThreshold, 7)
	for _, probe := range []*container.ContainerProbe{made.LivenessProbe, made.StartupProbe} {
		equal(t, "a probe's threshold", probe.FailureThreshold, 5)
		equal(t, "a probe's interval", *probe.Interval.ToTimeDuration(), 2500*time.Millisecond)
		equal(t, "a probe's timeout", *probe.Timeout.ToTimeDuration(), 2*time.Second)
		equal(t, "a probe's path", probe.HTTP.Path, "/")
		equal(t, "a probe's other kind", probe.TCP, nil)
	}
	equal(t, "the tags", slices.Equal(made.Tags, []string{"x", "dormouse.idle-after=90s"}), true)
	equal(t, "the command", slices.Equal(made.Command, []string{"/hello"}), true)
	equal(t, "the arguments", slices.Equal(made.Args, []string{"ignored"}), true)

	status, _ := call(t, made, "/")
	equal(t, "what a stranger is told", status, http.StatusForbidden)
	_, answer := call(t, made, "/", "X-Auth-Token", os.Getenv("SCW_SECRET_KEY"))
	contains(t, "what the owner is told", answer, "Hej from ")
}

func TestAnUpdateChangesWhatItNamesAndNothingElse(t *testing.T) {
	api := newAPI(t)
	made := deploy(t, api, container.CreateContainerRequest{
		EnvironmentVariables: map[string]string{"GREETING": "Hola"},
		Privacy:              container.ContainerPrivacyPublic,
		Sandbox:              container.ContainerSandboxV1,
		Tags:                 []string{"keep"},
		StartupProbe:         httpProbe(),
	})
	changed := update(t, api, container.UpdateContainerRequest{
		ContainerID:   made.ID,
		MaxScale:      new(uint32(3)),
		Timeout:       scw.NewDurationFromTimeDuration(45 * time.Second),
		ScalingOption: &container.ContainerScalingOption{CPUUsageThreshold: new(uint32(72))},
		StartupProbe:  &container.UpdateContainerRequestProbe{FailureThreshold: new(uint32(9))},
	})
	equal(t, "the status", changed.Status, container.ContainerStatusReady)
	equal(t, "the most", changed.MaxScale, 3)
	equal(t, "the timeout", *changed.Timeout.ToTimeDuration(), 45*time.Second)
	equal(t, "the CPU threshold", *changed.ScalingOption.CPUUsageThreshold, 72)
	equal(t, "the concurrency", changed.ScalingOption.ConcurrentRequestsThreshold, nil)
	equal(t, "the probe's threshold", changed.StartupProbe.FailureThreshold, 9)
	equal(t, "the probe's path", changed.StartupProbe.HTTP.Path, "/")
	equal(t, "the probe's interval", *changed.StartupProbe.Interval.ToTimeDuration(), 2500*time.Millisecond)
	equal(t, "the sandbox", changed.Sandbox, container.ContainerSandboxV1)
	equal(t, "the tags", slices.Equal(changed.Tags, []string{"keep"}), true)
	greets(t, changed, "Hola")

	cleared := update(t, api, container.UpdateContainerRequest{
		ContainerID: made.ID, EnvironmentVariables: &map[string]string{}, Tags: &[]string{},
	})
	equal(t, "the tags left", len(cleared.Tags), 0)
	greets(t, cleared, "Hello")
}

func TestOnlyEncryptedConnections(t *testing.T) {
	api := newAPI(t)
	made := deploy(t, api, container.CreateContainerRequest{})
	changed := update(t, api, container.UpdateContainerRequest{ContainerID: made.ID, HTTPSConnectionOnly: new(true)})
	equal(t, "the setting", changed.HTTPSConnectionsOnly, true)
	status, _ := call(t, changed, "/")
	equal(t, "the answer to an encrypted request", status, http.StatusOK)
	status, _ = call(t, withoutTLS(t, changed), "/")
	equal(t, "the answer to a plain request", status, http.StatusMovedPermanently)
}

func TestASecretReachesTheProcessAndNobodyElse(t *testing.T) {
	api := newAPI(t)
	made := deploy(t, api, container.CreateContainerRequest{
		SecretEnvironmentVariables: map[string]string{"GREETING": "Psst"},
	})
	hash := made.SecretEnvironmentVariables["GREETING"]
	equal(t, "the shown secret's kind", strings.HasPrefix(hash, "$argon2id$v=19$"), true)
	greets(t, made, "Psst")

	changed := update(t, api, container.UpdateContainerRequest{
		ContainerID: made.ID, SecretEnvironmentVariables: &map[string]string{"GREETING": "", "OTHER": "x"},
	})
	equal(t, "the hash of a kept secret", changed.SecretEnvironmentVariables["GREETING"], hash)
	greets(t, changed, "Psst")

	dropped := update(t, api, container.UpdateContainerRequest{
		ContainerID: made.ID, SecretEnvironmentVariables: &map[string]string{},
	})
	equal(t, "the secrets left", len(dropped.SecretEnvironmentVariables), 0)
	greets(t, dropped, "Hello")
}
