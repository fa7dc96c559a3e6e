/**
 * What a waiting shell is told: to become the wrapper of one start. The variables are set by the
 * shell itself, so that they never stand on a command line, where every user could read them.
 */
import { rawFiles, SHELL, type SpawnRequest } from '../spawn.ts'
import { WRAPPER } from '../wrapper.ts'

/** Far below what the system accepts, so that its own refusal is met where it can be told of. */
const BYTES_MAX = 64 * 1024

const PLAIN_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/

/** Variables by which one shell or another sets or guards something of its own. */
const SHELLS_OWN =
  /^(BASH.*|COMP_.*|EPOCH.*|DIRSTACK|ENV|EUID|FUNCNAME|GROUPS|HISTCMD|IFS|LINENO|OLDPWD|OPTARG|OPTIND|POSIXLY_CORRECT|PPID|PS[0-9]|PWD|RANDOM|SECONDS|SHELLOPTS|SHLVL|SRANDOM|UID|_)$/

/**
 * The script that makes a waiting shell the wrapper. It is one compound command: of one that was cut
 * off on its way, the shell runs nothing.
 *
 * @returns undefined when a shell could not set exactly these variables
 */
export function printScript(request: SpawnRequest): string | undefined {
  const { path, command, cwd, variables } = request
  const pairs = Object.entries(variables)
  if (!pairs.every(([name]) => PLAIN_NAME.test(name) && !SHELLS_OWN.test(name))) return undefined
  const { out, err } = rawFiles(path)
  const words = [SHELL, '-c', WRAPPER, path, ...command].map(quote).join(' ')
  const script = [
    '{',
    `cd -- ${quote(cwd)} || exit 126`,
    // What the shell has set by itself, or by the line above.
    'unset PWD OLDPWD SHLVL',
    ...pairs.map(([name, value]) => `export ${name}=${quote(value)}`),
    `exec ${words} </dev/null >>${quote(out)} 2>>${quote(err)}`,
    '}\n',
  ].join('\n')
  return script.includes('\0') || Buffer.byteLength(script) > BYTES_MAX ? undefined : script
}

function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`
}
