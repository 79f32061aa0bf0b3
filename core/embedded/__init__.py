"""PostgreSQL and Valkey from wheels, for one machine without other services (decision 0001).

`backend` is the Django engine, `postgres` starts the server and shares it, `keeper` ends it, and
`valkey` describes the broker that `manage.py up` runs.
"""
