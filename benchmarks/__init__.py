"""Benchmarks: each figure stands beside a baseline measured in the same run, because machines differ and are noisy.

`script/bench [NAME …]` starts a PostgreSQL and a Valkey of its own (data under var/bench), builds the data set *today*
of the quality bars once, serves the portal with production settings by gunicorn on a loopback port, measures, prints
a table and draws a plot. Pages are asked through a real server rather than Django's test client: a fixed cost per
request is part of both sides then, as it is for people.
"""
