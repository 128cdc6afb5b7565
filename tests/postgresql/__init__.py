"""A real PostgreSQL for the tests: servers on this machine, started when a test first asks for one.

The binaries come with a package of the test requirements, so nothing need be installed. As PostgreSQL
refuses to run as root, root's tests give the server to another user. Every server ends with the run that
started it, however that ends.
"""

from tests.postgresql.certificates import Authority, Pair
from tests.postgresql.programs import BUNDLED, DEBIAN, is_here, require
from tests.postgresql.run import WANTED, begin_run, end_run, new_database, new_store, shared
from tests.postgresql.sealed import SealedServer, make_sealed, new_sealed_server
from tests.postgresql.server import QUICK, USER, Server, discard, new_directory, new_server, new_standby

__all__ = [
    "BUNDLED",
    "DEBIAN",
    "QUICK",
    "USER",
    "WANTED",
    "Authority",
    "Pair",
    "SealedServer",
    "Server",
    "begin_run",
    "discard",
    "end_run",
    "is_here",
    "make_sealed",
    "new_database",
    "new_directory",
    "new_sealed_server",
    "new_server",
    "new_standby",
    "new_store",
    "require",
    "shared",
]
