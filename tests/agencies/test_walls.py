"""The database itself keeps agencies apart."""

from collections.abc import Callable

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, models, transaction
from django_rls_tenants.exceptions import NoTenantContextError

from agencies.models import Agency, Programme, User
from communes.models import Registration
from klikks.tenancy import account_context, agency_context
from tests import factories

pytestmark = pytest.mark.django_db


def count(table: str) -> int:
    """Count a table's rows by raw SQL."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        return cursor.fetchone()[0]


def belongs_to_an_agency(model: type[models.Model]) -> bool:
    """Whether the model has a field that names its agency."""
    return any(field.is_relation and field.related_model is Agency for field in model._meta.concrete_fields)


def test_every_table_with_an_agency_has_its_four_policies() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tablename, array_agg(cmd) FROM pg_policies JOIN pg_class ON relname = tablename"
            " WHERE relrowsecurity GROUP BY tablename"
        )
        policies = dict(cursor.fetchall())
    tables = {
        model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        if belongs_to_an_agency(model) and model._meta.managed
    }
    assert len(tables) > 40
    unguarded = {t for t in tables if set(policies.get(t, [])) != {"SELECT", "INSERT", "UPDATE", "DELETE"}}
    assert unguarded == set()


def test_the_application_neither_owns_tables_nor_may_pass_the_walls() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_tables WHERE tableowner = current_user")
        assert cursor.fetchone()[0] == 0
        cursor.execute("SELECT rolsuper OR rolbypassrls OR rolcreaterole FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone()[0] is False


def test_through_no_view_can_a_row_be_changed_past_the_walls() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT relname FROM pg_class
            WHERE relkind = 'v' AND relnamespace = 'public'::regnamespace AND pg_relation_is_updatable(oid, false) > 0
                  AND has_table_privilege(oid, 'INSERT, UPDATE, DELETE')
                  AND NOT 'security_invoker=true' = ANY(coalesce(reloptions, '{}'))
            """
        )
        assert cursor.fetchall() == []


def test_without_an_agency_no_query_finds_a_row(agency: Agency, programme: Programme) -> None:
    factories.registration(agency, programme, factories.commune())
    assert count("communes_registration") == 0
    with pytest.raises(NoTenantContextError):
        Registration.objects.count()


def test_raw_sql_sees_only_the_rows_and_the_history_of_the_own_agency(
    agency: Agency, other_agency: Agency, programme: Programme
) -> None:
    where = factories.commune()
    factories.registration(agency, programme, where)
    for owner, expected in [(agency, 1), (other_agency, 0)]:
        with agency_context(owner):
            assert count("communes_registration") == expected
            assert count("communes_registrationevent") == expected


def test_a_row_cannot_be_written_for_another_agency(agency: Agency, other_agency: Agency, programme: Programme) -> None:
    stolen = Registration(
        agency=other_agency, programme=programme, commune=factories.commune(), contact_name="X", email="x@example.org"
    )
    with agency_context(agency), pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
        stolen.save()


def test_no_setting_of_the_connection_opens_the_wall(agency: Agency, programme: Programme) -> None:
    factories.registration(agency, programme, factories.commune())
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('klikks.is_admin', 'true', true), set_config('rls.is_admin', 'true', true)")
    assert count("communes_registration") == 0


def test_an_account_is_found_by_exactly_its_address_and_otherwise_not(account: Callable[..., User]) -> None:
    user = account()
    assert count("agencies_user") == 0
    with account_context(email=user.email.upper()):
        assert User.objects.get().pk == user.pk
    with account_context(email="somebody-else@example.org"):
        assert not User.objects.exists()
