#!/usr/bin/env python3
"""Plays compose.yaml without a container engine: every process with the command, user, environment, secrets, mounts and
read-only root that the file gives it, each in a network namespace of its own with its name and address.

    sudo deploy/compose/by_hand.py --signet target/release/signet [--then COMMAND]

For machines without Docker, and for looking at what the file says rather than at what an engine makes of it. Debian's programs
stand in for the images of others (postgresql, redis-server, nginx, prometheus), a few lines for the mail catcher; Grafana is
left out. Published ports answer on this machine's loopback. Ends with Ctrl-C, or after COMMAND; leaves nothing behind.
"""

import argparse
import asyncio
import ctypes
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import yaml

HERE = pathlib.Path(__file__).resolve().parent
TREE = HERE.parent.parent
LIBC = ctypes.CDLL(None, use_errno=True)
NETWORK, SECRETS = "172.31.87", pathlib.Path("/run/secrets")
POSTGRES = max(pathlib.Path("/usr/lib/postgresql").glob("*/bin"), default=None)
# What the image of nginx has around conf.d/default.conf.
NGINX = """worker_processes auto; pid /run/nginx.pid; error_log /dev/stderr notice;
events { worker_connections 1024; }
http { include /etc/nginx/mime.types; access_log off; sendfile on; keepalive_timeout 65; include /etc/nginx/conf.d/*.conf; %s }
""" % " ".join(f"{it}_temp_path /var/cache/nginx/{it};" for it in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
# SMTP with STARTTLS on 1025 that says what came, in place of Mailpit.
MAIL = """import ssl, sys, time
from aiosmtpd.controller import Controller
class Catch:
    async def handle_DATA(self, server, session, envelope):
        print('mail to', *envelope.rcpt_tos, 'over', session.ssl and session.ssl['cipher'][1], flush=True)
        print(envelope.content.decode(), file=open(sys.argv[1], 'a'), flush=True)
        return '250 kept'
tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
tls.load_cert_chain('/run/secrets/mail_cert', '/run/secrets/mail_key')
Controller(Catch(), '0.0.0.0', 1025, tls_context=tls, require_starttls=True).start()
time.sleep(1e9)
"""


def run(*words, **more):
    return subprocess.run([str(it) for it in words], check=True, **more)


def system(outcome):
    if outcome != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


class Service:
    def __init__(self, stage, name, said):
        self.stage, self.name, self.said = stage, name, said
        self.home = said.get("network_mode", "service:" + name).removeprefix("service:")
        self.work = stage.dir / "roots" / name
        self.work.mkdir(parents=True)
        self.ours = said["image"].startswith("signet:")
        self.process = None

    def binds(self):
        """What the file mounts: (from, to)."""
        for it in self.said.get("volumes", []):
            source, target = it.split(":")[:2]
            kept = (self.stage.dir / "volumes" / source) if not source.startswith(".") else (HERE / source).resolve()
            yield kept, target
        for it in self.said.get("secrets", []):
            yield HERE / self.stage.file["secrets"][it]["file"], str(SECRETS / it)
        yield self.stage.dir / "hosts", "/etc/hosts"
        if "nginx" in self.said["image"]:
            yield self.stage.dir / "nginx.conf", "/etc/nginx/nginx.conf"
        if "mailpit" in self.said["image"]:
            yield self.stage.dir / "caught", "/mail"

    def command(self):
        words = [str(it) for it in self.said.get("command", [])]
        image = self.said["image"].split(":")[0].split("/")[-1]
        if self.ours:
            return (["/bin/sh"] if self.said["image"].endswith("-shell") else ["/usr/local/bin/signet"]) + words
        if image == "postgres":
            return [str(POSTGRES / "postgres"), "-D", "/var/lib/postgresql/data", "-k", ""] + words[1:]
        return {
            "valkey": ["redis-server"] + words[1:],
            "nginx": ["nginx", "-g", "daemon off;"],
            "prometheus": ["prometheus"] + words,
            "mailpit": ["/usr/bin/python3", "-c", MAIL, "/mail/all"],
        }[image]

    def user(self):
        if asked := self.said.get("user"):
            return tuple(int(it) for it in asked.split(":"))
        # Those that their images change to.
        image = self.said["image"].split(":")[0].split("/")[-1]
        return {"postgres": numbers_of("postgres"), "prometheus": (65534, 65534)}.get(image, (0, 0))

    def enter(self):
        """In the child: the service's network, file system and user, from root down to nobody."""
        with open(f"/run/netns/sg-{self.home}") as network:
            system(LIBC.setns(network.fileno(), 0x40000000))
        system(LIBC.unshare(0x00020000))
        run("mount", "--make-rprivate", "/")
        root = self.work
        run("mount", "-t", "tmpfs", "tmpfs", root)
        if self.ours:
            for part in self.stage.image.iterdir():
                place(part, root / part.name)
        else:
            root = self.beside_debian(root)
        for part in ["proc", "dev"]:
            place(pathlib.Path("/", part), root / part)
        for part in ["run", "tmp", "var/lib/signet"]:
            (root / part).mkdir(parents=True, exist_ok=True)
        run("mount", "-t", "tmpfs", "tmpfs", root / "run")
        for it in self.said.get("tmpfs", []):
            where, _, options = it.partition(":")
            where = root / where.lstrip("/")
            where.mkdir(parents=True, exist_ok=True)
            run("mount", "-t", "tmpfs", "-o", options or "uid={},gid={}".format(*self.user()), "tmpfs", where)
        for source, target in self.binds():
            place(source, root / target.lstrip("/"))
        if self.said.get("read_only"):
            run("mount", "-o", "remount,ro", root)
        os.chroot(root)
        uid, gid = self.user()
        os.chdir("/var/lib/signet" if self.ours else "/")
        if uid:
            os.setgroups([])
            os.setgid(gid)
            os.setuid(uid)
            system(LIBC.prctl(38, 1, 0, 0, 0))

    def beside_debian(self, place_for_it):
        """This machine's own files, in which a service may make places for mounts without touching them."""
        upper, work, root = (place_for_it / it for it in ("upper", "work", "root"))
        for it in (upper, work, root):
            it.mkdir()
        run("mount", "-t", "overlay", "overlay", "-o", f"lowerdir=/,upperdir={upper},workdir={work}", root)
        return root

    def start(self, words=None, **more):
        environment = {"PATH": "/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8"}
        if self.ours:
            environment |= {"SIGNET_SERVER__LISTEN": "0.0.0.0:8080", "SIGNET_SERVER__MANAGEMENT": "0.0.0.0:9464"}
        environment |= {name: str(value) for name, value in (self.said.get("environment") or {}).items()}
        return subprocess.Popen(words or self.command(), env=environment, preexec_fn=self.enter, stdin=subprocess.DEVNULL, **more)

    def check(self):
        """What the health check says; services without one are well while they run."""
        if self.ours:
            words = ["/usr/local/bin/signet", "healthcheck"]
        elif "postgres" in self.said["image"]:
            words = [str(POSTGRES / "pg_isready")] + self.said["healthcheck"]["test"][2:]
        elif "valkey" in self.said["image"]:
            words = ["sh", "-c", self.said["healthcheck"]["test"][1].replace("valkey", "redis")]
        else:
            return self.process.poll() is None
        return self.start(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).wait() == 0


def numbers_of(name):
    import pwd

    it = pwd.getpwnam(name)
    return it.pw_uid, it.pw_gid


def place(source, target):
    if not source.exists():
        return
    if source.is_dir():
        target.mkdir(parents=True, exist_ok=True)
    elif not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        target.touch()
    run("mount", "--rbind", source, target)


class Stage:
    def __init__(self, signet):
        self.file = yaml.safe_load((HERE / "compose.yaml").read_text())
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="signet-by-hand."))
        self.dir.chmod(0o755)
        self.image = self.dir / "image"
        run("install", "-D", signet, self.image / "usr/local/bin/signet")
        # As the Dockerfile does it, its target `shell` included.
        run(HERE.parent / "image-files", self.image / "usr/local/bin/signet", self.image)
        if busybox := shutil.which("busybox"):
            run("install", "-D", busybox, self.image / "bin/sh")
        (self.dir / "nginx.conf").write_text(NGINX)
        (self.dir / "caught").mkdir()
        for name in self.file["volumes"]:
            (self.dir / "volumes" / name).mkdir(parents=True)
        left_out = {"grafana"}
        self.services = {name: Service(self, name, it) for name, it in self.file["services"].items() if name not in left_out}

    def network(self):
        run("ip", "link", "add", "sg-bridge", "type", "bridge")
        run("ip", "address", "add", f"{NETWORK}.1/24", "dev", "sg-bridge")
        run("ip", "link", "set", "sg-bridge", "up")
        hosts, number = "127.0.0.1 localhost\n", 20
        for name, service in self.services.items():
            if service.home != name:
                continue
            networks = service.said.get("networks")
            fixed = networks.get("inside") if isinstance(networks, dict) else None
            service.address = fixed["ipv4_address"] if fixed else f"{NETWORK}.{number}"
            number += 1
            hosts += f"{service.address} {name}\n"
            space, link = f"sg-{name}", f"sg{number}"
            run("ip", "netns", "add", space)
            run("ip", "link", "add", link, "type", "veth", "peer", "name", "eth0", "netns", space)
            run("ip", "link", "set", link, "master", "sg-bridge", "up")
            run("ip", "-n", space, "address", "add", f"{service.address}/24", "dev", "eth0")
            run("ip", "-n", space, "link", "set", "eth0", "up")
            run("ip", "-n", space, "link", "set", "lo", "up")
        (self.dir / "hosts").write_text(hosts)

    def prepare(self):
        """What the images of others do before they start."""
        data = self.dir / "volumes/database"
        shutil.chown(data, "postgres")
        (self.dir / "volumes/numbers").chmod(0o777)
        said = self.services["postgres"].said["environment"]
        word = (HERE / self.file["secrets"]["database_password"]["file"]).read_text()
        (self.dir / "pw").write_text(word)
        shutil.chown(self.dir / "pw", "postgres")
        initdb = [POSTGRES / "initdb", "-D", data, "-U", said["POSTGRES_USER"], f"--pwfile={self.dir}/pw", *said["POSTGRES_INITDB_ARGS"].split()]
        run("runuser", "-u", "postgres", "--", *initdb, stdout=subprocess.DEVNULL)
        with open(data / "pg_hba.conf", "a") as access:
            access.write("host all all all scram-sha-256\n")
        with open(data / "postgresql.conf", "a") as settings:
            settings.write("listen_addresses = '*'\n")
        # The image makes POSTGRES_DB while nobody can connect yet.
        run("runuser", "-u", "postgres", "--", POSTGRES / "postgres", "--single", "-D", data, "postgres",
            input=f"CREATE DATABASE {said['POSTGRES_DB']}\n", text=True, stdout=subprocess.DEVNULL)

    def up(self):
        started = {}
        while len(started) < len(self.services):
            for name, service in self.services.items():
                if name in started or not all(self.done(on, it, started) for on, it in needs(service.said)):
                    continue
                print(f"by hand: {name}: {' '.join(service.command()[:8])}", flush=True)
                log = None if name == "setup" else open(self.dir / f"{name}.log", "wb")
                service.process = started[name] = service.start(stdout=log, stderr=log)
                service.is_well = False
            time.sleep(0.2)
        self.services["setup"].process.wait()

    def done(self, name, condition, started):
        if name not in started:
            return False
        service = self.services[name]
        if condition == "service_completed_successfully":
            if service.process.poll() not in (None, 0):
                sys.stdout.write((self.dir / f"{name}.log").read_text() if name != "setup" else "")
                raise SystemExit(f"{name} failed with {service.process.returncode}")
            return service.process.poll() == 0
        if condition == "service_healthy":
            service.is_well = service.is_well or service.check()
            return service.is_well
        return True

    async def publish(self):
        async def carry(reader, writer):
            try:
                while data := await reader.read(65536):
                    writer.write(data)
                    await writer.drain()
            finally:
                writer.close()

        for service in self.services.values():
            for it in service.said.get("ports", []):
                host, port, inner = it.split(":")

                async def serve(reader, writer, to=(service.address, int(inner))):
                    far, back = await asyncio.open_connection(*to)
                    await asyncio.gather(carry(reader, back), carry(far, writer), return_exceptions=True)

                await asyncio.start_server(serve, host, int(port))

    def down(self):
        late = [it.process for it in self.services.values() if it.process and it.process.poll() is None]
        # The last in the file depends on those before it.
        for process in reversed(late):
            process.send_signal(signal.SIGINT if "postgres" in str(process.args[0]) else signal.SIGTERM)
            try:
                process.wait(45)
            except subprocess.TimeoutExpired:
                process.kill()
        for name, service in self.services.items():
            ended = service.process.returncode if service.process else "never started"
            print(f"by hand: {name} ended with {ended}")
            if service.home == name:
                subprocess.run(["ip", "netns", "delete", f"sg-{name}"], check=False, stderr=subprocess.DEVNULL)
        subprocess.run(["ip", "link", "delete", "sg-bridge"], check=False, stderr=subprocess.DEVNULL)


def needs(said):
    return [(name, it["condition"]) for name, it in said.get("depends_on", {}).items()]


async def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--signet", type=pathlib.Path, required=True, help="the program to put into the image")
    parser.add_argument("--then", help="a command to run once all is up, instead of waiting for Ctrl-C")
    parser.add_argument("--keep", action="store_true", help="leave the directory with logs and data")
    asked = parser.parse_args()
    if os.geteuid() != 0:
        parser.error("networks and mounts want root")
    # Also while things start: what was begun is taken away.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    stage = Stage(asked.signet)
    try:
        stage.network()
        stage.prepare()
        await asyncio.to_thread(stage.up)
        await stage.publish()
        print(f"by hand: all is up; logs are in {stage.dir}", flush=True)
        if asked.then:
            process = await asyncio.create_subprocess_shell(asked.then, env=os.environ | {"STAGE": str(stage.dir)})
            return await process.wait()
        stop = asyncio.Event()
        for it in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(it, stop.set)
        await stop.wait()
        return 0
    finally:
        stage.down()
        if not asked.keep:
            shutil.rmtree(stage.dir, ignore_errors=True)


sys.exit(asyncio.run(main()))
