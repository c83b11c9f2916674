"""What the public reads of ideas, after whose idea a project began, and the search for what is similar."""

from django.db import migrations

from klikks.tenancy import owners_view

# The project is named only once it is public itself. A view cannot lose columns: taken back, it keeps the new ones.
IDEAS = """
CREATE OR REPLACE VIEW projects_publicidea WITH (security_barrier) AS
SELECT id, programme_id, commune_id, topic_id, title, text, CASE WHEN shows_author THEN author ELSE '' END AS author,
       status = 'adopted' AS is_adopted, received_at, released_at, agency_id, photo, photo_alt,
       (
           SELECT project.id FROM projects_project project
           WHERE project.id = projects_idea.project_id AND project.released_at IS NOT NULL
       ) AS project_id
FROM projects_idea
WHERE released_at IS NOT NULL AND status IN ('released', 'adopted')
"""
CREDITS = """
SELECT id, project_id, author FROM projects_idea
WHERE status = 'adopted' AND project_id IS NOT NULL AND shows_author AND author <> ''
"""

INDEXES = {
    "idea_words": "projects_idea USING gin (to_tsvector('german', title || ' ' || text))",
    "idea_title_letters": "projects_idea USING gin (title gin_trgm_ops)",
    "project_words": "projects_project USING gin (to_tsvector('german', title || ' ' || public_summary))",
    "project_title_letters": "projects_project USING gin (title gin_trgm_ops)",
}

# Reads past the walls, as the public views do, and returns nothing but keys of rows that these views show. Candidates
# come from the indexes, a few hundred of each kind at most however many rows there are: first what has all of the
# words, then what has any, then titles whose letters resemble one of the longer words. `likeness` (0 to 1) is the
# mean over the words typed: 1 for a word in the title in any of its forms, nearly its likeness for one spelled
# otherwise, half for one in the text. Umlauts may be typed as two letters.
SIMILAR = """
CREATE FUNCTION projects_similar(typed text, most integer)
RETURNS TABLE (kind text, key bigint, likeness real, place bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    words text[];
    forms tsquery[];
    all_words tsquery;
    any_word tsquery;
    word text;
    form tsquery;
BEGIN
    PERFORM set_config('pg_trgm.word_similarity_threshold', '0.5', true);
    FOREACH word IN ARRAY (regexp_split_to_array(lower(left(typed, 200)), '[^[:alnum:]]+'))[1:12] LOOP
        form := plainto_tsquery('german', word)
            || plainto_tsquery('german', replace(replace(replace(word, 'ae', 'ä'), 'oe', 'ö'), 'ue', 'ü'));
        CONTINUE WHEN length(word) < 2 OR numnode(form) = 0;
        words := words || word;
        forms := forms || form;
        all_words := coalesce(all_words && form, form);
        any_word := coalesce(any_word || form, form);
    END LOOP;
    IF words IS NULL THEN
        RETURN;
    END IF;
    RETURN QUERY
    WITH long_words AS MATERIALIZED (
        SELECT each FROM unnest(words) each WHERE length(each) > 4
    ), ideas AS (
        (SELECT id FROM projects_idea
         WHERE released_at IS NOT NULL AND to_tsvector('german', title || ' ' || text) @@ all_words LIMIT 300)
        UNION
        (SELECT id FROM projects_idea
         WHERE released_at IS NOT NULL AND to_tsvector('german', title || ' ' || text) @@ any_word LIMIT 300)
        UNION
        SELECT resembling.id FROM long_words CROSS JOIN LATERAL (
            SELECT id FROM projects_idea WHERE released_at IS NOT NULL AND title %> each LIMIT 50
        ) resembling
    ), projects AS (
        (SELECT id FROM projects_project
         WHERE released_at IS NOT NULL AND to_tsvector('german', title || ' ' || public_summary) @@ all_words LIMIT 300)
        UNION
        (SELECT id FROM projects_project
         WHERE released_at IS NOT NULL AND to_tsvector('german', title || ' ' || public_summary) @@ any_word LIMIT 300)
        UNION
        SELECT resembling.id FROM long_words CROSS JOIN LATERAL (
            SELECT id FROM projects_project WHERE released_at IS NOT NULL AND title %> each LIMIT 50
        ) resembling
    ), found AS (
        SELECT 'idea' AS what, shown.id, shown.title, shown.text AS body, shown.released_at
        FROM ideas JOIN projects_publicidea shown USING (id)
        UNION ALL
        SELECT 'project', shown.id, shown.title, shown.public_summary, shown.released_at
        FROM projects JOIN projects_publicproject shown USING (id)
    ), judged AS (
        SELECT found.what, found.id, found.released_at, similarity(found.title, typed) AS letters, (
            SELECT avg(CASE
                WHEN to_tsvector('german', found.title) @@ one.form THEN 1
                WHEN strict_word_similarity(one.word, found.title) >= 0.45
                    THEN 0.9 * strict_word_similarity(one.word, found.title)
                WHEN to_tsvector('german', found.body) @@ one.form THEN 0.5
                ELSE 0 END)
            FROM unnest(words, forms) AS one(word, form)
        )::real AS score
        FROM found
    )
    SELECT judged.what, judged.id, judged.score, row_number() OVER (
        ORDER BY judged.score DESC, judged.letters DESC, judged.released_at DESC, judged.id
    ) AS rank FROM judged WHERE judged.score >= 0.25 ORDER BY rank LIMIT most;
END
$$;
"""


class Migration(migrations.Migration):
    # Indexes are made without locking the tables, which no transaction allows.
    atomic = False
    dependencies = [("projects", "0007_ideas")]
    operations = [
        migrations.RunSQL(IDEAS, migrations.RunSQL.noop),
        *owners_view("projects_ideacredit", CREDITS),
        *[
            migrations.RunSQL(
                f"CREATE INDEX CONCURRENTLY {name} ON {columns} WHERE released_at IS NOT NULL",
                f"DROP INDEX CONCURRENTLY {name}",
            )
            for name, columns in INDEXES.items()
        ],
        migrations.RunSQL(SIMILAR, "DROP FUNCTION projects_similar(text, integer)"),
    ]
