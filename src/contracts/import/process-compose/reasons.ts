/** Why keys of process-compose have no place in a contract. */
import type { Path } from '../../document/issue.ts'
import type { Item } from '../source/item.ts'

const LOGS = 'what components write is kept by Rampart itself: rampart logs'
const VIEW = 'it is about how process-compose shows things'
const FILES = 'other files are not read'

const LOST: Readonly<Record<string, string>> = {
  namespace: 'components have no namespaces',
  is_daemon: 'a process that goes into the background is lost from sight; run it in the foreground',
  launch_timeout_seconds: 'only daemons have it; a deadline is written as deadline',
  is_elevated: 'nothing is run with the rights of another user',
  is_tty: 'components have no terminal',
  is_interactive: 'components have no terminal',
  is_dotenv_disabled: 'no .env file is read',
  is_strict: 'unknown keys are always an error in a contract',
  is_template_disabled: 'Go templates are not filled in',
  disable_env_expansion: 'variables are filled in by the shell of the command',
  disable_ansi_colors: VIEW,
  log_location: LOGS,
  log_configuration: LOGS,
  log_level: LOGS,
  log_format: LOGS,
  log_length: LOGS,
  log_no_color: LOGS,
  logger: LOGS,
  env_file: FILES,
  env_cmds: 'commands are not run to fill variables; write a one-shot, or set them outside',
  extends: FILES,
  shell: 'commands are run by sh -c',
  ordered_shutdown: 'the way down always follows the needs, backwards',
  vars: 'a variable that nothing uses',
  liveness_probe: 'it has no meaning for a process that ends',
  schedule: 'a contract has no schedule',
  theme: VIEW,
  mcp: 'it is for other tools',
}

/** Why something unread is lost. */
export function reasonFor(path: Path, item: Item): string | undefined {
  const key = path.findLast((step) => typeof step === 'string')
  const known = path.map((step) => LOST[String(step)]).find((why) => why !== undefined)
  if (String(path[0]).startsWith('x-')) {
    return item.isAnchored ? undefined : 'an extension for other tools; nothing here reads it'
  }
  return known ?? LOST[String(key)] ?? 'this key is not known'
}
