"""Whole lives, written as people write them."""

import harness
from conftest import VERSION
from harness import HELLO, unique, until

SHOP = """
terraform {
  required_providers {
    scaleway = {
      source  = "scaleway/scaleway"
      version = "%(version)s"
    }
  }
}

resource "scaleway_container_namespace" "shop" {
  name                  = "%(namespace)s"
  environment_variables = { GREETING = "Above" }
}

resource "scaleway_container" "web" {
  name                         = "%(container)s"
  namespace_id                 = scaleway_container_namespace.shop.id
  image                        = "%(image)s"
  port                         = 8080
  secret_environment_variables = { TOKEN = "psst" }
}
"""
LOOKS = """
data "scaleway_container_namespace" "by_name" {
  name = scaleway_container_namespace.shop.name
}

data "scaleway_container_namespace" "by_id" {
  namespace_id = scaleway_container_namespace.shop.id
}

data "scaleway_container" "by_name" {
  namespace_id = scaleway_container_namespace.shop.id
  name         = scaleway_container.web.name
}

data "scaleway_container" "by_id" {
  namespace_id = scaleway_container_namespace.shop.id
  container_id = scaleway_container.web.id
}
"""
WEB = "scaleway_container.web"
NAMESPACE = "scaleway_container_namespace.shop"


def shop(container="web", image=HELLO, namespace=None):
    return SHOP % {
        "version": VERSION,
        "namespace": namespace or unique("shop"),
        "container": container,
        "image": image,
    }


def test_a_life_from_apply_to_destroy(terraform):
    terraform.init(shop())
    assert terraform.plan() == (2, 0, 0)
    terraform.apply()
    assert terraform.plan() == (0, 0, 0)

    web = terraform.state()[WEB]
    assert (web["status"], web["error_message"]) == ("ready", "")
    assert web["secret_environment_variables"]["TOKEN"] != "psst"
    assert harness.call(web["public_endpoint"]).text.startswith("Above from ")

    terraform.output("destroy", "-auto-approve", "-no-color")
    assert "resources" not in terraform.output("show", "-json")
    until(lambda: harness.call(web["public_endpoint"]).status_code == 404, "the endpoint's end")


def test_what_exists_is_imported_as_it_is(terraforms):
    first, second = terraforms(), terraforms()
    configuration = shop()
    first.init(configuration)
    first.apply()
    made = first.state()

    second.init(configuration)
    for address in (NAMESPACE, WEB):
        second.output("import", "-no-color", address, made[address]["id"])
    assert second.plan() == (0, 0, 0)
    assert second.state()[WEB]["public_endpoint"] == made[WEB]["public_endpoint"]
    second.output("state", "rm", NAMESPACE, WEB)


def test_data_sources_find_what_is_there(terraform):
    configuration = shop()
    terraform.init(configuration)
    terraform.apply()
    terraform.write(configuration + LOOKS)
    terraform.apply()
    state = terraform.state()
    for how in ("by_name", "by_id"):
        namespace, web = (state[f"data.{one}.{how}"] for one in (NAMESPACE.split(".")[0], WEB.split(".")[0]))
        assert namespace["id"] == state[NAMESPACE]["id"]
        assert namespace["environment_variables"] == {"GREETING": "Above"}
        assert web["public_endpoint"] == state[WEB]["public_endpoint"]
        assert (web["image"], web["port"], web["status"]) == (HELLO, 8080, "ready")
    assert terraform.plan() == (0, 0, 0)


def test_another_name_is_another_container(terraform):
    namespace = unique("shop")
    terraform.init(shop("web", namespace=namespace))
    terraform.apply()
    terraform.write(shop("new", namespace=namespace))
    assert terraform.plan() == (1, 0, 1)
    before = terraform.state()[WEB]
    terraform.apply()
    assert terraform.state()[WEB]["id"] != before["id"]
    assert terraform.plan() == (0, 0, 0)


def test_what_went_behind_its_back_is_made_again(terraforms):
    owner, other = terraforms(), terraforms()
    configuration = shop()
    owner.init(configuration)
    owner.apply()
    identity = owner.state()[WEB]["id"]

    other.init(configuration)
    other.output("import", "-no-color", NAMESPACE, owner.state()[NAMESPACE]["id"])
    other.output("import", "-no-color", WEB, identity)
    other.output("destroy", "-auto-approve", "-no-color", "-target", WEB)
    other.output("state", "rm", NAMESPACE)

    until(lambda: owner.plan() == (1, 0, 0), "a plan to make it again")
    owner.apply()
    assert owner.state()[WEB]["id"] != identity
    assert owner.plan() == (0, 0, 0)


def test_a_container_that_does_not_start_is_told_and_mended(terraform):
    namespace = unique("shop")
    terraform.init(shop(image="127.0.0.1:1/nobody/nothing:1", namespace=namespace))
    said = " ".join(terraform.apply().replace("│", " ").split())
    assert 'Container is not ready, but has status "error"' in said
    assert "could not be pulled" in said
    assert terraform.state()[WEB]["status"] == "error"

    terraform.write(shop(namespace=namespace))
    assert terraform.plan() == (0, 1, 0)
    terraform.apply()
    assert terraform.state()[WEB]["status"] == "ready"
    assert terraform.plan() == (0, 0, 0)


def test_errors_are_the_providers_own(terraforms):
    first, second = terraforms(), terraforms()
    namespace = unique("shop")
    first.init(shop("-no-", namespace=namespace))
    assert "invalid argument(s): name is wrongly formatted" in first.refusal()

    second.init(shop(namespace=namespace))
    assert "already exists" in second.refusal()

    second.environment["SCW_SECRET_KEY"] = "12345678-1234-4123-8123-123456789abc"
    assert "denied authentication: API key does not exist" in second.refusal()
