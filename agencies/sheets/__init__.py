"""Import of spreadsheets: read, understand, preview, and only then write.

`reading` turns a file into rows of cells, `columns` finds the columns by their headings, `parsing` turns cells into
values, a room's `SheetResource` (see `resources`) says what each row means, `preview` puts the outcome together,
`writing` writes it, and `services` keeps it between preview and confirmation.
"""
