"""What the search for municipalities needs to find names typed with errors."""

from django.contrib.postgres.operations import CreateExtension
from django.db import migrations

# The function sets the threshold of the trigram index itself: no connection has to, and it can be restored from a
# dump by a role that is not a superuser, which a SET clause would not allow.
CREATE = """
CREATE FUNCTION communes_resembling(typed text) RETURNS SETOF bigint
LANGUAGE plpgsql STABLE AS $$
BEGIN
    PERFORM set_config('pg_trgm.word_similarity_threshold', '0.28', true);
    RETURN QUERY SELECT id FROM communes_commune WHERE search_name %> typed;
END
$$;
"""
DROP = "DROP FUNCTION communes_resembling(text);"


class Migration(migrations.Migration):
    replaces = [("communes", "0003_search_with_typing_errors")]
    dependencies = [("communes", "0001_tables")]
    operations = [CreateExtension("fuzzystrmatch"), migrations.RunSQL(CREATE, DROP)]
