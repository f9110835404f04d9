#!/bin/sh
# Installs Debian packages without letting any of them start a system service.
# Usage: install.sh LOG PACKAGE...     (as root)
set -eu
log=$1
shift

root=${BINOME_INSTALL_ROOT:-} # tests install into a small system of their own
policy=$root/usr/sbin/policy-rc.d
kept=$policy.before-binome
services="rabbitmq-server postgresql epmd prometheus"

# Another run may be installing at the same moment: the second waits, then finds all in place.
exec 9>"$root/run/lock/binome-install.lock"
flock 9

give_policy_back() {
    if [ -e "$kept" ]; then mv -f "$kept" "$policy"; else rm -f "$policy"; fi
}

# A run that was killed half-way may have left our policy behind.
if grep -qs binome-install "$policy"; then give_policy_back; fi

known=""
for service in $services; do
    if [ -e "$root/etc/init.d/$service" ] || [ -e "$root/lib/systemd/system/$service.service" ]; then
        known="$known $service"
    fi
done

trap give_policy_back EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
if [ -e "$policy" ]; then mv "$policy" "$kept"; fi
printf '#!/bin/sh\n# binome-install: no service starts while packages are installed\nexit 101\n' >"$policy"
chmod 755 "$policy"

export DEBIAN_FRONTEND=noninteractive
{
    apt-get -o DPkg::Lock::Timeout=300 update
    apt-get -o DPkg::Lock::Timeout=300 install -y --no-install-recommends "$@"
} >>"$log" 2>&1

# What came with these packages stays off at the next boot too; what was there before is not ours.
for service in $services; do
    case " $known " in *" $service "*) continue ;; esac
    if [ -d "$root/run/systemd/system" ]; then
        systemctl disable "$service" >>"$log" 2>&1 || true
    elif [ -e "$root/etc/init.d/$service" ]; then
        update-rc.d "$service" disable >>"$log" 2>&1 || true
    fi
done
