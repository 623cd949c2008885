-- The role that the app logs in as: it migrates and uses the tables of one database, and may no more than that.
-- An Entra administrator of the server runs this, and may run it again at any time:
--   infra/psql.sh infra/sql/app_role.sql app=app-qfa-… app_object_id=… database=qfa
\set ON_ERROR_STOP on

-- The app's identity, by its object id, because names are not unique in Entra. Neither administrator nor anything else.
-- The function is there in this database only.
\connect postgres
SELECT pgaadauth_create_principal_with_oid(:'app', :'app_object_id', 'service', false, false)
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'app');

\connect :database

-- Nobody but the app and the administrators comes in. TEMPORARY goes as well: QFA makes no temporary tables.
REVOKE ALL ON DATABASE :"database" FROM PUBLIC;
GRANT CONNECT ON DATABASE :"database" TO :"app";

-- Migrations create tables, indexes, functions and triggers here. The app owns them, and so may use and alter them; it
-- needs no rights on anything that it has not made.
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE, CREATE ON SCHEMA public TO :"app";

-- A grant by somebody who may not grant is only a warning in PostgreSQL.
SELECT has_schema_privilege(:'app', 'public', 'CREATE') AND has_database_privilege(:'app', :'database', 'CONNECT')
    AS may_migrate \gset
\if :may_migrate
    \echo The role is ready.
\else
    DO $$ BEGIN RAISE EXCEPTION 'The app may not create its tables: run this as an administrator of the server.'; END $$;
\endif
