"""The walls between agencies: PostgreSQL row-level security keyed by the agency of the context.

Every connection carries at most one agency (`klikks.current_tenant`) and, while somebody signs in, at most one
address or account. Policies compare rows with these settings; without them a query sees nothing. The policies know
no administrator's flag: maintenance connects as the owner of the tables, and figures across agencies are read from
views that belong to that owner and list their columns one by one.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import connection, models
from django.db.backends.ddl_references import Statement
from django.db.migrations import RunSQL
from django_rls_tenants.rls.constraints import RLSConstraint
from django_rls_tenants.rls.policy_sql import tenant_match_sql
from django_rls_tenants.tenants.context import tenant_context
from django_rls_tenants.tenants.managers import RLSManager, TenantQuerySet
from django_rls_tenants.tenants.state import get_current_tenant_id

if TYPE_CHECKING:
    from django.db.backends.base.schema import BaseDatabaseSchemaEditor
    from django.db.migrations.operations.base import Operation

CURRENT_AGENCY = "klikks.current_tenant"
CURRENT_ACCOUNT = "klikks.account"
SIGN_IN_EMAIL = "klikks.sign_in_email"

SAME_AGENCY = tenant_match_sql("agency_id", CURRENT_AGENCY, "bigint")
_TAKES_PART = tenant_match_sql("participation.agency_id", CURRENT_AGENCY, "bigint")
SAME_PROGRAMME = (
    "programme_id IN (SELECT participation.programme_id FROM agencies_participation participation"  # noqa: S608  # nosec B608
    f" WHERE {_TAKES_PART})"
)


class Wall(RLSConstraint):
    """Row-level security of one table: `READ` and `WRITE` say which rows the application's role may touch.

    Subclasses set the two SQL conditions. Unlike the library's constraint there is no flag that opens the wall, and
    the table's owner is not held back: it migrates and owns the views for figures and the public pages.
    """

    READ = SAME_AGENCY
    WRITE = SAME_AGENCY

    def __init__(self, *, name: str, field: str = "agency", **kwargs: Any) -> None:
        kwargs.setdefault("guc_tenant_var", CURRENT_AGENCY)
        kwargs.setdefault("guc_admin_var", "klikks.is_admin")
        kwargs.setdefault("tenant_pk_type", "bigint")
        super().__init__(field=field, name=name, **kwargs)

    def deconstruct(self) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
        """Write only the name into migrations; the conditions belong to the class."""
        return f"{type(self).__module__}.{type(self).__qualname__}", (), {"name": self.name}

    def create_sql(self, model: Any, schema_editor: BaseDatabaseSchemaEditor | None) -> Statement:  # type: ignore[override]
        """Return the SQL that raises the wall around the model's table."""
        table = model._meta.db_table
        return Statement(
            template="%(sql)s",
            sql=f"""
            ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY;
            CREATE POLICY "wall_read" ON "{table}" FOR SELECT USING ({self.READ});
            CREATE POLICY "wall_insert" ON "{table}" FOR INSERT WITH CHECK ({self.WRITE});
            CREATE POLICY "wall_update" ON "{table}" FOR UPDATE USING ({self.WRITE}) WITH CHECK ({self.WRITE});
            CREATE POLICY "wall_delete" ON "{table}" FOR DELETE USING ({self.WRITE});
            """,
        )

    def remove_sql(self, model: Any, schema_editor: BaseDatabaseSchemaEditor | None) -> Statement:  # type: ignore[override]
        """Return the SQL that takes the wall down again."""
        table = model._meta.db_table
        policies = "".join(
            f'DROP POLICY IF EXISTS "wall_{action}" ON "{table}";' for action in ("read", "insert", "update", "delete")
        )
        return Statement(template="%(sql)s", sql=f'{policies} ALTER TABLE "{table}" DISABLE ROW LEVEL SECURITY;')


class AgencyWall(Wall):
    """Only the agency of the context sees and changes the row."""


class PublicReadWall(Wall):
    """Everybody may read the row, because it names no person; only its agency changes it."""

    READ = "true"


class ProgrammeWall(Wall):
    """Every agency that takes part in the row's programme reads it; only its own agency changes it.

    The model needs a `programme` beside its `agency`.
    """

    READ = SAME_PROGRAMME
    WRITE = f"{SAME_AGENCY} AND {SAME_PROGRAMME}"


class AccountWall(Wall):
    """An account is seen by its agency, by itself, and by the sign-in that typed exactly its address."""

    READ = f"""{SAME_AGENCY}
        OR id = nullif((SELECT current_setting('{CURRENT_ACCOUNT}', true)), '')::bigint
        OR lower(email) = (SELECT nullif(current_setting('{SIGN_IN_EMAIL}', true), ''))"""
    WRITE = READ


class AgencyQuerySet(TenantQuerySet):
    """Base of all querysets on one agency's rows; refuses to run without an agency in the context."""

    def select_related(self, *fields: Any) -> AgencyQuerySet:
        """Join without the library's extra filter, which drops rows that refer to something public or shared."""
        return models.QuerySet.select_related(self, *fields)


class AgencyManager(RLSManager):
    """Default manager of one agency's rows: adds the agency to each query, for the sake of the index."""

    _queryset_class: type[AgencyQuerySet] = AgencyQuerySet

    def get_queryset(self) -> AgencyQuerySet:
        """Return the room's own queryset, narrowed to the agency of the context."""
        queryset = self._queryset_class(self.model, using=self._db)
        agency_id = get_current_tenant_id()
        return queryset if agency_id is None else queryset.filter(agency_id=agency_id)


class AgencyModel(models.Model):
    """Base of every table whose rows belong to exactly one agency."""

    agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="+", editable=False)

    objects = AgencyManager()

    class Meta:
        abstract = True
        constraints = [AgencyWall(name="%(app_label)s_%(class)s_wall")]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save the row; a new one belongs to the agency of the context."""
        if self.agency_id is None:
            self.agency_id = get_current_tenant_id()
        super().save(*args, **kwargs)


class OwnerMigratesRouter:
    """Migrations run as the owner of the tables, never as the application's role."""

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        """Allow changes of the schema on the owner's connection only."""
        return db == "owner"


def owners_view(name: str, query: str) -> list[Operation]:
    """Return the operations of a migration that make a view of the owner's, which the application's role only reads.

    Such a view reads past the walls, so `query` lists its columns one by one.
    """
    made = RunSQL(f"CREATE VIEW {name} WITH (security_barrier) AS {query}", f"DROP VIEW {name}")
    return [made, only_readable(name)]


def only_readable(name: str) -> Operation:
    """Return the operation that takes the right away to change rows of a table, or through a view, as it offers it."""
    role = settings.DATABASES["default"]["USER"]
    return RunSQL(f'REVOKE INSERT, UPDATE, DELETE ON {name} FROM "{role}"', RunSQL.noop)


def current_agency_id() -> int | None:
    """Return the primary key of the agency in the context, or None outside of one."""
    agency_id = get_current_tenant_id()
    return None if agency_id is None else int(agency_id)


@contextmanager
def agency_context(agency: models.Model | int) -> Iterator[None]:
    """Do the block on behalf of one agency: its rows, and no others, can be read and written."""
    with tenant_context(agency.pk if isinstance(agency, models.Model) else agency):
        yield


@contextmanager
def account_context(*, account_id: int | None = None, email: str | None = None) -> Iterator[None]:
    """Let the block see one account: the one with this primary key, or the one with exactly this address.

    Signing in must find an account before its agency is known. This opens the wall for the one row the visitor has
    named, and for no other.
    """
    values = {CURRENT_ACCOUNT: str(account_id or ""), SIGN_IN_EMAIL: (email or "").strip().lower()}
    before = _set(values)
    try:
        yield
    finally:
        _set(before)


def _set(values: dict[str, str]) -> dict[str, str]:
    """Set settings of the connection, all at once, and return what they were."""
    if connection.needs_rollback:
        return dict.fromkeys(values, "")
    columns = ", ".join(["current_setting(%s, true), set_config(%s, %s, false)"] * len(values))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns}", [part for name, value in values.items() for part in (name, name, value)])
        before = cursor.fetchone()[::2]
    return {name: value or "" for name, value in zip(values, before, strict=True)}
