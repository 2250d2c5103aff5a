package dormouse

import (
	"slices"
	"strings"
	"testing"

	"github.com/scaleway/scaleway-sdk-go/api/container/v1"
	"github.com/scaleway/scaleway-sdk-go/scw"
)

func names(containers []*container.Container) string {
	var all []string
	for _, one := range containers {
		all = append(all, one.Name)
	}
	return strings.Join(all, " ")
}

func TestAListIsReadToItsEnd(t *testing.T) {
	api := newAPI(t)
	namespace := makeNamespace(t, api, container.CreateNamespaceRequest{})
	for _, name := range []string{"cc", "aa", "ee", "bb", "dd"} {
		_, err := api.CreateContainer(&container.CreateContainerRequest{
			NamespaceID: namespace.ID, Name: name, Image: hello,
		})
		must(t, err)
	}
	for order, wanted := range map[container.ListContainersRequestOrderBy]string{
		container.ListContainersRequestOrderByCreatedAtAsc:  "cc aa ee bb dd",
		container.ListContainersRequestOrderByCreatedAtDesc: "dd bb ee aa cc",
		container.ListContainersRequestOrderByNameAsc:       "aa bb cc dd ee",
		container.ListContainersRequestOrderByNameDesc:      "ee dd cc bb aa",
	} {
		all, err := api.ListContainers(&container.ListContainersRequest{
			NamespaceID: &namespace.ID, OrderBy: order, PageSize: new(uint32(2)),
		}, scw.WithAllPages())
		must(t, err)
		equal(t, "all pages by "+order.String(), names(all.Containers), wanted)
		equal(t, "their number", all.TotalCount, 5)
	}
	page, err := api.ListContainers(&container.ListContainersRequest{
		NamespaceID: &namespace.ID, PageSize: new(uint32(2)), Page: new(int32(3)),
	})
	must(t, err)
	equal(t, "the third page", names(page.Containers), "dd")
	one, err := api.ListContainers(&container.ListContainersRequest{NamespaceID: &namespace.ID, Name: new("bb")})
	must(t, err)
	equal(t, "those of a name", names(one.Containers), "bb")
}

func TestNamespacesAreListedByRegionAndProject(t *testing.T) {
	api := newAPI(t)
	namespace := makeNamespace(t, api, container.CreateNamespaceRequest{})
	for _, look := range []struct {
		where   string
		request container.ListNamespacesRequest
		option  scw.RequestOption
		found   bool
	}{
		{"here", container.ListNamespacesRequest{PageSize: new(uint32(1))}, scw.WithAllPages(), true},
		{"in its project", container.ListNamespacesRequest{ProjectID: &namespace.ProjectID}, scw.WithAllPages(), true},
		{"in another project", container.ListNamespacesRequest{ProjectID: new(unknown)}, scw.WithAllPages(), false},
		{"in every region", container.ListNamespacesRequest{}, scw.WithRegions(api.Regions()...), true},
		{"in another region", container.ListNamespacesRequest{Region: scw.RegionNlAms}, scw.WithAllPages(), false},
	} {
		all, err := api.ListNamespaces(&look.request, look.option)
		must(t, err)
		equal(t, look.where, slices.ContainsFunc(all.Namespaces, func(one *container.Namespace) bool {
			return one.ID == namespace.ID
		}), look.found)
	}
}
