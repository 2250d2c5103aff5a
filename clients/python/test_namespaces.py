"""Namespaces, as the SDK sees them."""

import re
import uuid

from conftest import is_gone, patiently, refusal
from harness import unique, until
from scaleway.container.v1 import ListNamespacesRequestOrderBy

ARGON2ID = re.compile(
    r"\$argon2id\$v=19\$m=\d+,t=\d+,p=\d+\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}"
)


def test_a_namespace_lives_from_creating_to_gone(api, client):
    made = api.create_namespace(name=unique("life"), description="first", tags=["a", "b"])
    assert made.status in ("creating", "ready")
    assert made.project_id == client.default_project_id
    assert made.organization_id == client.default_organization_id
    assert made.region == client.default_region
    assert made.created_at == made.updated_at

    ready = api.wait_for_namespace(namespace_id=made.id, options=patiently())
    assert (ready.status, ready.description, ready.tags) == ("ready", "first", ["a", "b"])
    assert ready.environment_variables == {}
    assert ready.secret_environment_variables == {}
    assert api.get_namespace(namespace_id=made.id) == ready

    described = api.update_namespace(namespace_id=made.id, description="second", tags=[])
    assert (described.status, described.description, described.tags) == ("ready", "second", [])
    assert described.updated_at > ready.updated_at

    api.update_namespace(namespace_id=made.id, environment_variables={"A": "1"})
    settled = api.wait_for_namespace(namespace_id=made.id, options=patiently())
    assert (settled.status, settled.environment_variables) == ("ready", {"A": "1"})
    assert settled.description == "second"

    assert api.delete_namespace(namespace_id=made.id).status == "deleting"
    until(lambda: is_gone(api.get_namespace, namespace_id=made.id), "the namespace's end")
    status, error = refusal(api.get_namespace, namespace_id=made.id)
    assert status == 404
    assert error["type"] == "not_found"
    assert (error["resource"], error["resource_id"]) == ("namespace", made.id)


def test_lists_come_in_pages_in_the_order_asked_for(api, make_namespace):
    prefix = unique("page")
    made = [make_namespace(name=f"{prefix}-{letter}") for letter in "cab"]

    pages = [api.list_namespaces(page=page, page_size=2) for page in (1, 2)]
    assert all(page.total_count >= 3 for page in pages)
    assert len(pages[0].namespaces) == 2
    assert not {one.id for one in pages[0].namespaces} & {one.id for one in pages[1].namespaces}

    def ours(**arguments):
        listed = api.list_namespaces_all(**arguments)
        return [one.name[-1] for one in listed if one.id in {each.id for each in made}]

    assert ours() == ["c", "a", "b"]
    assert ours(page_size=1) == ["c", "a", "b"]
    assert ours(order_by=ListNamespacesRequestOrderBy.CREATED_AT_DESC) == ["b", "a", "c"]
    assert ours(order_by=ListNamespacesRequestOrderBy.NAME_ASC, page_size=2) == ["a", "b", "c"]
    assert ours(order_by=ListNamespacesRequestOrderBy.NAME_DESC) == ["c", "b", "a"]


def test_filters_narrow_a_list(api, make_namespace):
    one, other = make_namespace(), make_namespace()

    by_name = api.list_namespaces(name=one.name)
    assert ([found.id for found in by_name.namespaces], by_name.total_count) == ([one.id], 1)
    elsewhere = api.list_namespaces(project_id=str(uuid.uuid4()))
    assert (elsewhere.namespaces, elsewhere.total_count) == ([], 0)
    everywhere = {found.id for found in api.list_namespaces_all()}
    assert {one.id, other.id} <= everywhere


def test_regions_are_apart(api, namespace):
    assert is_gone(api.get_namespace, namespace_id=namespace.id, region="nl-ams")
    assert api.list_namespaces(region="pl-waw", name=namespace.name).total_count == 0


def test_secrets_are_shown_as_hashes_that_stay(api, make_namespace):
    made = make_namespace(secret_environment_variables={"KEEP": "one", "DROP": "two"})
    hashes = made.secret_environment_variables
    assert set(hashes) == {"KEEP", "DROP"}
    assert all(ARGON2ID.fullmatch(value) for value in hashes.values())
    assert api.get_namespace(namespace_id=made.id).secret_environment_variables == hashes

    api.update_namespace(
        namespace_id=made.id, secret_environment_variables={"KEEP": "", "NEW": "three"}
    )
    updated = api.wait_for_namespace(namespace_id=made.id, options=patiently())
    assert set(updated.secret_environment_variables) == {"KEEP", "NEW"}
    assert updated.secret_environment_variables["KEEP"] == hashes["KEEP"]


def test_a_name_is_taken_once(api, namespace):
    status, error = refusal(api.create_namespace, name=namespace.name)
    assert (status, error["type"]) == (409, "already_exists")
    assert error["resource_id"] == namespace.id


def test_every_wrong_argument_is_named(api):
    status, error = refusal(
        api.create_namespace, name="-no good-", description="x" * 256, project_id="not-a-uuid"
    )
    assert (status, error["type"]) == (400, "invalid_arguments")
    named = {detail["argument_name"]: detail for detail in error["details"]}
    assert {"name", "description", "project_id"} <= set(named)
    assert all(detail["help_message"] for detail in named.values())


def test_what_is_asked_for_wrongly_is_told(api):
    unknown = str(uuid.uuid4())
    assert refusal(api.get_namespace, namespace_id=unknown)[0] == 404
    assert refusal(api.delete_namespace, namespace_id=unknown)[0] == 404
    assert refusal(api.update_namespace, namespace_id=unknown, description="x")[0] == 404
    for call, arguments in (
        (api.get_namespace, {"namespace_id": "not-a-uuid"}),
        (api.list_namespaces, {"page_size": 1001}),
        (api.list_namespaces, {"page": 0}),
        (api.list_namespaces, {"region": "xx-yyy"}),
    ):
        status, error = refusal(call, **arguments)
        assert (status, error["type"]) == (400, "invalid_arguments"), arguments
