#!/bin/sh
# Runs once when the database is new: the owner migrates, the application's role passes no wall.
set -eu
psql -v ON_ERROR_STOP=1 -v owner="$OWNER_PASSWORD" -v app="$APP_PASSWORD" -U "$POSTGRES_USER" -d postgres <<'SQL'
CREATE ROLE klikks_owner LOGIN PASSWORD :'owner';
CREATE ROLE klikks_app LOGIN NOBYPASSRLS PASSWORD :'app';
CREATE DATABASE klikks OWNER klikks_owner;
SQL
