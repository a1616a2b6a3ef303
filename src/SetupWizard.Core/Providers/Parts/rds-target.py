import ipaddress
import os
import socket
import time

import boto3

ELB = boto3.client("elbv2")


def addresses_of(host):
    return {info[4][0] for info in socket.getaddrinfo(host, None, socket.AF_INET, socket.SOCK_STREAM)}


def targets(group):
    found = ELB.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]
    return [(t["Target"]["Id"], t["Target"]["Port"], t["TargetHealth"]["State"]) for t in found]


def handler(event, context):
    host, port, group = os.environ["HOST"], int(os.environ["PORT"]), os.environ["TARGET_GROUP"]
    wanted = addresses_of(host)
    outside = sorted(a for a in wanted if not ipaddress.ip_address(a).is_private)
    if outside:
        raise RuntimeError(f"{host} is {outside} from here: put the function into the VPC")
    present = [t for t in targets(group) if t[2] != "draining"]
    missing = sorted(wanted - {t[0] for t in present})
    stale = [t for t in present if t[0] not in wanted]
    if missing:
        print(f"{host} is now {missing}: registering")
        ELB.register_targets(TargetGroupArn=group, Targets=[{"Id": a, "Port": port} for a in missing])
    if stale:
        @say Network.CronOrder
        until = time.monotonic() + float(os.environ.get("PATIENCE", "60"))
        while not wanted <= {t[0] for t in targets(group) if t[2] == "healthy"}:
            if time.monotonic() > until:
                raise RuntimeError(f"{sorted(wanted)} not healthy yet: the old targets stay until the next run")
            time.sleep(5)
        print(f"deregistering {[t[0] for t in stale]}")
        ELB.deregister_targets(TargetGroupArn=group, Targets=[{"Id": t[0], "Port": t[1]} for t in stale])
    return {"registered": missing, "deregistered": [t[0] for t in stale]}
