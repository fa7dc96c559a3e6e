/** Which keys of a compose file `docker compose` goes on caring for, and why others are lost. */
import type { Path } from '../../document/issue.ts'
import type { Item } from '../source/item.ts'

/** Keys of a service that describe its container; compose reads them where they stand. */
const CONTAINER = new Set(
  (
    'annotations attach blkio_config build cap_add cap_drop cgroup cgroup_parent command configs ' +
    'container_name cpu_count cpu_percent cpu_period cpu_quota cpu_rt_period cpu_rt_runtime ' +
    'cpu_shares cpus cpuset credential_spec device_cgroup_rules devices dns dns_opt dns_search ' +
    'domainname entrypoint env_file environment expose extends external_links extra_hosts gpus ' +
    'group_add hostname image init ipc isolation label_file labels links logging mac_address ' +
    'mem_limit mem_reservation mem_swappiness memswap_limit models network_mode networks ' +
    'oom_kill_disable oom_score_adj pid pids_limit platform ports privileged profiles ' +
    'pull_policy read_only runtime secrets security_opt shm_size stdin_open storage_opt sysctls ' +
    'tmpfs tty ulimits use_api_socket user userns_mode uts volumes volumes_from working_dir ' +
    'stop_signal'
  ).split(' '),
)

/** Keys of the file that hold what containers use. */
const RESOURCES = new Set(['networks', 'volumes', 'configs', 'secrets', 'models'])

const LOST: Readonly<Record<string, string>> = {
  deploy: 'replicas, limits and update orders are not taken over; compose runs what it says, once',
  scale: 'one instance is run',
  develop: 'watching sources is for developing; nothing is rebuilt',
  pre_start: 'compose still runs it, but nobody proves it',
  post_start: 'compose still runs it, but readiness does not wait for it',
  pre_stop: 'compose still runs it within the time it has to stop',
  provider: 'services that are no containers are not run',
}

/** Why something unread is lost; undefined: compose goes on caring for it. */
export function reasonFor(path: Path, item: Item): string | undefined {
  const [top, , key] = path
  if (typeof top === 'string' && path.length === 1) {
    if (RESOURCES.has(top)) return undefined
    if (top.startsWith('x-')) {
      return item.isAnchored ? undefined : 'an extension for other tools; nothing here reads it'
    }
  }
  if (top === 'services' && typeof key === 'string' && path.length >= 3) {
    if (path.length === 3 && CONTAINER.has(key)) return undefined
    if (key.startsWith('x-')) return 'an extension for other tools; nothing here reads it'
    const known = LOST[key]
    if (known !== undefined) return known
  }
  return 'this key is not known'
}
