# For scripts/up and scripts/down: the processes and their settings. Sourced, not run.
# shellcheck shell=bash

cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
run=$PWD/.run
configuration=Release
mkdir -p "$run/logs"
chmod 700 "$run"
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1

# shellcheck disable=SC2034
services=(Payments.Sandbox Inventory.Worker Payments.Worker Orders.Sagas Orders.Api Reconciler.Job)
# Started only by name.
# shellcheck disable=SC2034
optional_services=(Storefront)
declare -A ports=(
    [Orders.Api]=5101 [Orders.Sagas]=5102 [Inventory.Worker]=5103 [Payments.Worker]=5104 [Payments.Sandbox]=5105 [Reconciler.Job]=5106
    [Storefront]=5107
)
declare -A databases=(
    [Orders.Api]=orders [Orders.Sagas]=orders [Inventory.Worker]=inventory [Payments.Worker]=payments [Payments.Sandbox]=sandbox
    [Reconciler.Job]=reconciler
)

say() { printf '%s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }

assembly_of() { echo "$PWD/$1/bin/$configuration/net10.0/$1.dll"; }

# The process id of a running service. Checks the command line, because another program may have reused the id.
pid_of() {
    local pid
    pid=$(cat "$run/$1.pid" 2>/dev/null) || return 1
    [[ "$(command_line "$pid" 2>/dev/null)" == *"$(assembly_of "$1")"* ]] && echo "$pid"
}

command_line() { if [[ -d /proc/self ]]; then tr '\0' ' ' <"/proc/$1/cmdline"; else ps -p "$1" -o args=; fi; }

# SIGTERM, which lets it finish what it handles; SIGKILL after ten seconds.
stop_service() {
    local pid deadline=$((SECONDS + 10))
    if pid=$(pid_of "$1"); then
        kill "$pid" 2>/dev/null
        while kill -0 "$pid" 2>/dev/null; do
            if ((SECONDS >= deadline)); then
                say "$1 does not stop by itself: killed."
                kill -9 "$pid" 2>/dev/null
                deadline=$((SECONDS + 10))
            fi
            sleep 0.1
        done
        say "$1 stopped."
    fi
    rm -f "$run/$1.pid"
}

# A secret of this installation, generated once: secret NAME PREFIX
secret() {
    [[ -s "$run/$1" ]] || (umask 077 && printf '%s%s' "$2" "$(head -c 32 /dev/urandom | base64 -w 0)" >"$run/$1")
    cat "$run/$1"
}

# The broker user of each service. Its password is made of letters and digits: it is part of a URL.
declare -A broker_users=(
    [Orders.Api]=orders-api [Orders.Sagas]=orders-sagas [Inventory.Worker]=inventory [Payments.Worker]=payments [Reconciler.Job]=reconciler
)
broker_password() { secret "broker-$1" "" | tr -d '+/='; }
broker_url() { echo "amqp://$1:$(broker_password "$1")@localhost:5672/ordersaga"; }

connection() { echo "Host=localhost;Database=ordersaga_$1;Username=ordersaga;Password=ordersaga;SSL Mode=Disable;Maximum Pool Size=40"; }

# The settings of one service, one NAME=VALUE per line. docs and compose.yaml use the same names.
settings_of() {
    local database
    echo "ASPNETCORE_URLS=http://localhost:${ports[$1]}"
    # 64 MiB of allocations between two collections: by then a batch's objects are dead (docs/performance.md).
    echo "DOTNET_GCgen0size=0x4000000"
    if [[ -n ${databases[$1]:-} ]]; then
        echo "Database__Mode=PostgreSql"
        echo "ConnectionStrings__${databases[$1]}=$(connection "${databases[$1]}")"
    fi
    echo "ApiKeys__Directory=$run"
    if [[ -n ${broker_users[$1]:-} ]]; then
        echo "Transport__Mode=RabbitMq"
        echo "Transport__Url=$(broker_url "${broker_users[$1]}")"
    fi
    case $1 in
        # The example of docs/integration.md orders as this outside system.
        Orders.Sagas) echo "Bus__Users=my-shop=demo" ;;
        Reconciler.Job)
            for database in orders inventory payments; do echo "ConnectionStrings__$database=$(connection "$database")"; done
            echo "Gateway__Url=http://localhost:${ports[Payments.Sandbox]}/sandbox"
            echo "Gateway__Key=$(secret gateway-key "")"
            ;;
        Payments.Worker) echo "Gateway__Url=http://localhost:${ports[Payments.Sandbox]}/sandbox" ;;
        Payments.Sandbox) echo "Sandbox__WebhookUrl=http://localhost:${ports[Payments.Worker]}/webhooks/gateway" ;;
        Storefront)
            echo "Storefront__OrdersUrl=http://localhost:${ports[Orders.Api]}"
            echo "Storefront__StockUrl=http://localhost:${ports[Inventory.Worker]}"
            echo "Storefront__Key=$(cat "$run/service-key")"
            ;;
    esac
    case $1 in
        Orders.Api | Reconciler.Job)
            echo "Participants__StockUrl=http://localhost:${ports[Inventory.Worker]}"
            echo "Participants__PaymentUrl=http://localhost:${ports[Payments.Worker]}"
            echo "Participants__CaseUrl=http://localhost:${ports[Reconciler.Job]}"
            echo "Participants__Key=$(cat "$run/service-key")"
            ;;
        Payments.*)
            echo "Gateway__Key=$(secret gateway-key "")"
            echo "Gateway__WebhookSecret=$(secret webhook-secret whsec_)"
            ;;
    esac
}
