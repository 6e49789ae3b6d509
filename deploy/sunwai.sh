#!/bin/sh
# /usr/local/bin/sunwai: a command of Sunwai with the settings of the service, as its user. `migrate` and the role that
# may change tables belong together: /etc/sunwai/migrate.env is read for that command alone, and only root can read it.
set -eu
set -a
. /etc/sunwai/sunwai.env
if [ "${1-}" = migrate ]; then
    . /etc/sunwai/migrate.env
fi
set +a
cd /var/lib/sunwai
export HOME=/var/lib/sunwai  # of root's, the service can read nothing, and libpq looks for certificates there
if [ "$(id -u)" = 0 ]; then
    exec runuser -u sunwai -- /opt/sunwai/bin/sunwai "$@"
fi
exec /opt/sunwai/bin/sunwai "$@"
