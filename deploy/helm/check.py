"""Renders the chart as Helm would, from the least values to all of them, and holds what comes out to Kubernetes' own schemas.

Called by deploy/check, with the packages named there. Prints what is wrong and exits 1; --out DIR keeps what was rendered.
"""

import argparse
import pathlib
import sys

import helm_python
import kubernetes_validate
import yaml
from helm_python.chart import Chart, lint

CHART = pathlib.Path(__file__).parent / "signet"
VERSIONS = ["1.27", "1.31", "1.34"]
# What only a cluster with the Prometheus operator knows; its schemas are not Kubernetes'.
OPERATOR = {"ServiceMonitor", "PrometheusRule"}

LEAST = {
    "issuer": "https://id.example.com",
    "secrets": {"masterKey": {"name": "signet"}, "databaseUrl": {"name": "signet"}, "cacheUrl": {"name": "signet"}},
}
ALL = LEAST | {
    "secrets": LEAST["secrets"] | {"mailUrl": {"name": "signet-mail"}},
    "image": {"digest": "sha256:" + "0" * 64},
    "imagePullSecrets": [{"name": "registry"}],
    "trustedProxies": ["10.244.0.0/16"],
    "config": {"tokens": {"access_ttl": "5m"}, "server": {"hosts": ["login.example.com"]}},
    "service": {"annotations": {"a": "b"}},
    "ingress": {
        "enabled": True,
        "className": "nginx",
        "annotations": {"a": "b"},
        "extraHosts": ["login.example.com"],
        "tlsSecret": "id-example-com",
    },
    "autoscaling": {"enabled": True},
    "networkPolicy": {"enabled": True, "monitoring": [{"namespaceSelector": {"matchLabels": {"name": "monitoring"}}}]},
    "metrics": {kind: {"enabled": True, "labels": {"release": "x"}} for kind in ("serviceMonitor", "prometheusRule", "dashboard")},
    "serviceAccount": {"annotations": {"a": "b"}},
    "extraVolumes": [{"name": "ca", "configMap": {"name": "ca"}}],
    "extraVolumeMounts": [{"name": "ca", "mountPath": "/etc/ca", "readOnly": True}],
    "extraEnv": [{"name": "SIGNET_OUTBOUND__CA_FILE", "value": "/etc/ca/ca.pem"}],
    "podAnnotations": {"a": "b"},
    "podLabels": {"c": "d"},
    "nodeSelector": {"kubernetes.io/os": "linux"},
    "tolerations": [{"operator": "Exists"}],
    "affinity": {"nodeAffinity": {}},
    "priorityClassName": "high",
}
ALONE = LEAST | {
    "replicaCount": 1,
    "migration": {"enabled": False},
    "podDisruptionBudget": {"enabled": False},
    "secrets": {name: it for name, it in LEAST["secrets"].items() if name != "cacheUrl"},
    "serviceAccount": {"create": False},
}
GOOD = {"least": LEAST, "all": ALL, "alone": ALONE}
# Values that must be refused, and a word of what is said then.
BAD = {
    "no issuer": ({"secrets": LEAST["secrets"]}, "issuer"),
    "plain http": (LEAST | {"issuer": "http://id.example.com"}, "issuer"),
    "a path": (LEAST | {"issuer": "https://id.example.com/"}, "issuer"),
    "no master key": (LEAST | {"secrets": {"databaseUrl": {"name": "x"}, "cacheUrl": {"name": "x"}}}, "masterKey"),
    "several nodes, no cache": (ALONE | {"replicaCount": 2}, "cacheUrl"),
    "a slip of the pen": (LEAST | {"replicas": 3}, "replicas"),
    "killed before it has drained": (LEAST | {"terminationGracePeriodSeconds": 10}, "terminationGracePeriodSeconds"),
    "an issuer beside the issuer": (LEAST | {"config": {"issuer": {}}}, "issuer"),
}


def rendered(values):
    with Chart.load(CHART) as chart:
        chart.validate_schema(values)
        return chart.render(values, name="signet", namespace="identity", is_install=True)


def documents(files):
    for path, text in files.items():
        if path.endswith((".yaml", ".yml")):
            yield from ((path, it) for it in yaml.safe_load_all(text) if it)


def complaints(case, files):
    for path, document in documents(files):
        kind = document["kind"]
        for version in [] if kind in OPERATOR else VERSIONS:
            try:
                kubernetes_validate.validate(document, version, strict=True)
            except Exception as error:  # Every library of schemas has exceptions of its own.
                yield f"{case}: {path} ({kind}, Kubernetes {version}): {error}"
        if kind in ("Deployment", "Job", "Pod"):
            yield from (f"{case}: {path}: {it}" for it in unguarded(document))


def unguarded(document):
    """What an admission controller of the `restricted` profile would refuse."""
    pod = document["spec"].get("template", document)["spec"]
    if not (pod["securityContext"]["runAsNonRoot"] and pod["securityContext"]["seccompProfile"]["type"] == "RuntimeDefault"):
        yield "may run as root or without seccomp"
    for container in pod["containers"]:
        guard = container["securityContext"]
        if guard["allowPrivilegeEscalation"] or not guard["readOnlyRootFilesystem"] or guard["capabilities"]["drop"] != ["ALL"]:
            yield f"{container['name']} may write, rise or has capabilities"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=pathlib.Path)
    out = parser.parse_args().out
    wrong = []
    count = 0
    for case, values in GOOD.items():
        report = lint(CHART, values, strict=True, kube_version="v1.30.0")
        # 1 is advice, such as to give the chart an icon.
        wrong += [f"{case}: lint: {it['error']}" for it in report["messages"] if it["severity"] > 1]
        files = rendered(values)
        wrong += complaints(case, files)
        count += sum(1 for _ in documents(files))
        for path, text in files.items() if out else ():
            target = out / case / pathlib.Path(path).name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text)
    for case, (values, word) in BAD.items():
        try:
            rendered(values)
            wrong.append(f"{case}: was accepted")
        except helm_python.HelmError as error:
            if word not in str(error):
                wrong.append(f"{case}: refused without naming {word}: {error}")
    print("\n".join(wrong) or f"{count} objects of {len(GOOD)} renderings fit Kubernetes {', '.join(VERSIONS)}; {len(BAD)} bad values are refused")
    return 1 if wrong else 0


sys.exit(main())
