package dormouse

import (
	"net/http"
	"testing"

	"github.com/scaleway/scaleway-sdk-go/api/container/v1"
	"github.com/scaleway/scaleway-sdk-go/scw"
)

func TestANamespaceLivesFromCreatingToGone(t *testing.T) {
	api := newAPI(t)
	made, err := api.CreateNamespace(&container.CreateNamespaceRequest{
		Name: unique("life"), Description: new("first"), Tags: []string{"a", "b"},
	})
	must(t, err)
	equal(t, "the first status", made.Status, container.NamespaceStatusCreating)

	ready, err := api.WaitForNamespace(&container.WaitForNamespaceRequest{
		NamespaceID: made.ID, Timeout: new(patience), RetryInterval: new(interval),
	})
	must(t, err)
	equal(t, "the status", ready.Status, container.NamespaceStatusReady)
	equal(t, "the description", ready.Description, "first")
	equal(t, "the tags", len(ready.Tags), 2)
	equal(t, "the region", ready.Region, scw.RegionFrPar)

	changed, err := api.UpdateNamespace(&container.UpdateNamespaceRequest{
		NamespaceID: made.ID, Description: new(""), Tags: &[]string{},
	})
	must(t, err)
	equal(t, "the status after a change of words", changed.Status, container.NamespaceStatusReady)
	equal(t, "the description", changed.Description, "")
	equal(t, "the tags", len(changed.Tags), 0)

	removed, err := api.DeleteNamespace(&container.DeleteNamespaceRequest{NamespaceID: made.ID})
	must(t, err)
	equal(t, "the last status", removed.Status, container.NamespaceStatusDeleting)
	_, err = api.WaitForNamespace(&container.WaitForNamespaceRequest{
		NamespaceID: made.ID, Timeout: new(patience), RetryInterval: new(interval),
	})
	equal(t, "what is not there", refused[*scw.ResourceNotFoundError](t, err).ResourceID, made.ID)
}

func TestAContainerLivesFromCreatingToGone(t *testing.T) {
	api := newAPI(t)
	namespace := makeNamespace(t, api, container.CreateNamespaceRequest{})
	made, err := api.CreateContainer(&container.CreateContainerRequest{
		NamespaceID: namespace.ID, Name: unique("life"), Image: hello,
	})
	must(t, err)
	equal(t, "the first status", made.Status, container.ContainerStatusCreating)

	ready := settled(t, api, made.ID)
	equal(t, "the status", ready.Status, container.ContainerStatusReady)
	equal(t, "the endpoint", ready.PublicEndpoint, made.PublicEndpoint)
	greets(t, ready, "Hello")

	greets(t, update(t, api, container.UpdateContainerRequest{
		ContainerID: made.ID, EnvironmentVariables: &map[string]string{"GREETING": "Salut"},
	}), "Salut")

	again, err := api.RedeployContainer(&container.RedeployContainerRequest{ContainerID: made.ID})
	must(t, err)
	equal(t, "the status of a redeploy", again.Status, container.ContainerStatusUpdating)
	greets(t, settled(t, api, made.ID), "Salut")

	removed, err := api.DeleteContainer(&container.DeleteContainerRequest{ContainerID: made.ID})
	must(t, err)
	equal(t, "the last status", removed.Status, container.ContainerStatusDeleting)
	_, err = api.WaitForContainer(&container.WaitForContainerRequest{
		ContainerID: made.ID, Timeout: new(patience), RetryInterval: new(interval),
	})
	equal(t, "the kind", refused[*scw.ResourceNotFoundError](t, err).Resource, "container")
	status, _ := call(t, ready, "/")
	equal(t, "what the endpoint says", status, http.StatusNotFound)
}

func TestANamespaceTakesItsContainersWithIt(t *testing.T) {
	api := newAPI(t)
	namespace := makeNamespace(t, api, container.CreateNamespaceRequest{})
	made := deploy(t, api, container.CreateContainerRequest{NamespaceID: namespace.ID})
	removeNamespace(t, api, namespace.ID)
	_, err := api.GetContainer(&container.GetContainerRequest{ContainerID: made.ID})
	refused[*scw.ResourceNotFoundError](t, err)
}

func TestAContainerInheritsFromItsNamespace(t *testing.T) {
	api := newAPI(t)
	namespace := makeNamespace(t, api, container.CreateNamespaceRequest{
		EnvironmentVariables: map[string]string{"GREETING": "Above"},
	})
	greets(t, deploy(t, api, container.CreateContainerRequest{NamespaceID: namespace.ID}), "Above")
	greets(t, deploy(t, api, container.CreateContainerRequest{
		NamespaceID: namespace.ID, EnvironmentVariables: map[string]string{"GREETING": "Below"},
	}), "Below")
}
