"""Starts the shop of examples/shop on two hosts: PostgreSQL, four services under their supervisors, nginx, the load."""
import json
import os
import pathlib
import pwd
import subprocess
import sys
import time
import urllib.request

SHOP = pathlib.Path(__file__).resolve().parent.parent / "shop"
# which service runs on which host (by number), at which port
SERVICES = {"storefront": (0, 8101), "checkout": (0, 8102), "catalog": (1, 8103), "payments": (1, 8104)}
FRONT_PORT, DATABASE_PORT, PROXY_PORT = 8100, 8132, 8133
POOL_SIZE = "8"
SPOOL_MB, MEMORY_MB = 16, 400  # of a host's spool folder; of data that a service may have


def postgres_programs():
    return subprocess.run(["pg_config", "--bindir"], capture_output=True, text=True).stdout.strip() or sorted(map(str, pathlib.Path("/usr/lib/postgresql").glob("*/bin")))[-1]


def as_postgres(*words):
    """PostgreSQL refuses root: then it runs as the user that its package made."""
    return ["runuser", "-u", "postgres", "--", *words] if os.geteuid() == 0 else list(words)


def wait_until(what, check, seconds=30.0, every_s=0.1):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if check():
            return
        time.sleep(every_s)
    raise TimeoutError(f"{what}: not within {seconds:.0f} s")


def answers(url):
    try:
        with urllib.request.urlopen(url, timeout=1) as answer:
            return answer.status == 200
    except OSError:
        return False


class Shop:
    def __init__(self, network, folder, processes, connection=None):
        """`connection`: environment that connects the services to Tocsin (OTEL_…, AWS_…); None runs the shop alone."""
        self.network, self.folder, self.processes, self.connection = network, pathlib.Path(folder), processes, connection
        self.folder.mkdir(parents=True, exist_ok=True)
        self.front = f"http://{network.hosts[0].address}:{FRONT_PORT}"
        self.ledger = self.folder / "ledger.jsonl"
        self.mounts = []

    def host_of(self, service):
        return self.network.hosts[SERVICES[service][0]]

    def url_of(self, service):
        return f"http://{self.host_of(service).address}:{SERVICES[service][1]}"

    def socket_of(self, host):
        return str(self.folder / f"{host.name}.sock")

    def spool_of(self, host):
        return self.folder / f"spool-{host.name}"

    def make_spools(self):
        """A small file system of its own for what a host's services write down, where the machine lets us mount one; otherwise a folder."""
        for host in self.network.hosts:
            spool = self.spool_of(host)
            spool.mkdir(exist_ok=True)
            if os.geteuid() == 0 and subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SPOOL_MB}m", "shop-spool", str(spool)], capture_output=True).returncode == 0:
                self.mounts.append(spool)

    def remove_spools(self):
        for spool in self.mounts:
            subprocess.run(["umount", "-l", str(spool)], capture_output=True)
        self.mounts = []

    def order(self, host, *words):
        """What the host's supervisor answers to an order."""
        done = subprocess.run([sys.executable, str(SHOP / "supervise.py"), "--socket", self.socket_of(host), *words], capture_output=True, text=True, timeout=30)
        return done.stdout.strip()

    def pid_of(self, service, host=None):
        """0 when it does not run."""
        line = next(line for line in self.order(host or self.host_of(service), "status").splitlines() if line.startswith(service + " "))
        return int(line.split("pid=")[1].split()[0])

    def start(self):
        self.start_database()
        for host in self.network.hosts:
            self.start_supervisor(host)
        for service in SERVICES:
            wait_until(f"service {service}", lambda: answers(self.url_of(service) + "/healthz"), 60)
        self.start_front()
        wait_until("the shop's front page", lambda: answers(self.front + "/"))

    def start_database(self):
        host, data, programs = self.network.hosts[1], self.folder / "postgres", postgres_programs()
        data.mkdir(exist_ok=True)
        if os.geteuid() == 0:
            for path in [data, *data.parents]:
                if path == pathlib.Path("/"):
                    break
                os.chmod(path, os.stat(path).st_mode | 0o011)
            user = pwd.getpwnam("postgres")
            os.chown(data, user.pw_uid, user.pw_gid)
        quiet = {"check": True, "stdout": subprocess.DEVNULL, "cwd": "/"}
        subprocess.run(as_postgres(f"{programs}/initdb", "-D", str(data), "-A", "trust", "-U", "shop", "--no-sync"), **quiet)
        self.processes.start("postgres", host.command(*as_postgres(f"{programs}/postgres", "-D", str(data), "-p", str(DATABASE_PORT), "-c", f"listen_addresses={host.address}",
                             "-c", f"unix_socket_directories={data}", "-c", "max_connections=60", "-c", "fsync=off")), self.folder / "postgres.log", cwd="/")
        with open(data / "pg_hba.conf", "a") as file:
            file.write("host all all 0.0.0.0/0 trust\n")
        self.database_url = f"postgresql://shop@{host.address}:{PROXY_PORT}/postgres"
        psql = host.command(f"{programs}/psql", "-q", f"postgresql://shop@{host.address}:{DATABASE_PORT}/postgres", "-v", "ON_ERROR_STOP=1")
        wait_until("PostgreSQL", lambda: subprocess.run([*psql, "-c", "SELECT 1"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL).returncode == 0)
        subprocess.run([*psql, "-f", str(SHOP / "schema.sql")], **quiet)

    def service_definition(self, service):
        host, port = self.host_of(service), SERVICES[service][1]
        program = pathlib.Path(sys.prefix) / "bin"
        environment = {
            "SHOP_HOST": host.address, "SHOP_PORT": str(port), "DATABASE_URL": self.database_url, "PYTHONUNBUFFERED": "1", "SHOP_SPOOL": str(self.spool_of(host)), "MALLOC_ARENA_MAX": "2",
            "CATALOG_URL": self.url_of("catalog"), "CHECKOUT_URL": self.url_of("checkout"), "PAYMENTS_URL": self.url_of("payments"),
            "SHOP_POOL_PARAMETER": os.environ.get("SHOP_POOL_PARAMETER_" + service.upper(), f"/shop/{service}/db-pool-size"),
        }
        command = [str(program / "python"), str(SHOP / "services" / f"{service}.py")]
        if self.connection is not None:
            environment |= {**self.connection, "OTEL_SERVICE_NAME": service, "OTEL_RESOURCE_ATTRIBUTES": f"deployment.environment.name=shop,host.name={host.name}"}
            command = [str(program / "opentelemetry-instrument"), *command]
        return {"memory_mb": MEMORY_MB, "command": command, "environment": environment, "log": str(self.folder / f"{service}.log"), "folder": str(SHOP / "services")}

    def start_supervisor(self, host):
        services = {name: self.service_definition(name) for name in SERVICES if self.host_of(name) is host}
        if host is self.network.hosts[1]:
            command = [sys.executable, str(SHOP / "delay_proxy.py"), f"{host.address}:{PROXY_PORT}", f"{host.address}:{DATABASE_PORT}"]
            services["db-proxy"] = {"command": command, "log": str(self.folder / "db-proxy.log")}
        definition = self.folder / f"{host.name}.json"
        definition.write_text(json.dumps({"socket": self.socket_of(host), "services": services}))
        self.processes.start(f"supervisor {host.name}", host.command(sys.executable, str(SHOP / "supervise.py"), "run", str(definition)), self.folder / f"{host.name}.log")

    def start_front(self):
        host, run = self.network.hosts[0], self.folder
        text = (SHOP / "nginx.conf").read_text()
        for name, value in {"RUN": run, "LISTEN": f"{host.address}:{FRONT_PORT}", "STOREFRONT": f"{host.address}:{SERVICES['storefront'][1]}"}.items():
            text = text.replace(f"@{name}@", str(value))
        (run / "nginx.conf").write_text(text)
        nginx = "/usr/sbin/nginx"
        self.processes.start("nginx", host.command(nginx, "-e", str(run / "nginx-error.log"), "-c", str(run / "nginx.conf")), run / "nginx.log")

    def start_load(self, visits_per_s=20):
        self.load_began = time.monotonic()
        self.processes.start("load", [sys.executable, str(SHOP / "load.py"), self.front, str(self.ledger), str(visits_per_s)], self.folder / "load.log")

    def ledger_sums(self):
        rows = [json.loads(line) for line in self.ledger.read_text().splitlines()] if self.ledger.exists() else []
        return {name: sum(row[name] for row in rows) for name in ("sent", "ok", "failed")}
