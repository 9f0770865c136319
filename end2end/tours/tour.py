"""What the tours share: where the sandbox is, and counting.

`sandbox.json`, named by the first argument, is the line that `traceline sandbox` prints when it is
ready. Each step prints one line; the last line is `N passed, N failed`.
"""

import json
import sys
import traceback


class Site:
    """One site of the sandbox as one of its people."""

    def __init__(self, kind, whole, account):
        said = whole[kind]
        self.kind = kind
        self.url = said["url"]
        self.version = said.get("version")
        self.user = account.get("email") or account.get("name")
        self.token = account["token"]
        self.scoped_token = account.get("scoped_token")
        self.cloud_id = said.get("cloud_id")
        # Plain http needs no certificate; the sandbox has an authority of its own otherwise.
        self.verify = whole["ca_file"] if self.url.startswith("https:") else True

    @property
    def is_cloud(self):
        return self.kind == "cloud"


def load_sites(person=0):
    """The sites to tour: all, or the one that the second argument names. The first person of each is an
    administrator, the last (-1) may only browse."""
    with open(sys.argv[1], encoding="utf-8") as file:
        whole = json.load(file)
    kinds = sys.argv[2:] or ["cloud", "data_center"]
    return [Site(kind, whole, whole[kind]["accounts"][person]) for kind in kinds]


class Tour:
    """Runs steps in order; a step that fails does not stop those after it."""

    def __init__(self, name):
        self.name = name
        self.passed = 0
        self.failed = 0

    def step(self, site, title, action):
        label = f"{self.name}, {site.kind}: {title}"
        try:
            outcome = action()
        except Exception:  # a client library may raise anything
            self.failed += 1
            print(f"not ok {label}")
            traceback.print_exc(limit=4, file=sys.stdout)
            return None
        self.passed += 1
        print(f"ok     {label}")
        return outcome

    def finish(self):
        print(f"{self.passed} passed, {self.failed} failed")
        sys.exit(1 if self.failed else 0)


def check(condition, what):
    if not condition:
        raise AssertionError(what)


def same(got, wanted):
    check(got == wanted, f"got {got!r}, wanted {wanted!r}")
