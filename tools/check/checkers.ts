/** Runs the compiler and Biome as they are installed, and keeps what they say. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'

/** What a checker found. */
export interface CheckResult {
  /** The command to repeat it by hand. */
  readonly command: string
  readonly isClean: boolean
  readonly output: string
}

/**
 * Checks the types of one project, and writes what it is told to. Several checkers would each work out
 * again what another has, which costs more than twice the processor time; so does tidying up memory often.
 */
export function runCompiler(
  root: string,
  project: string,
  flags: readonly string[] = [],
): Promise<CheckResult> {
  const always = ['tsc', '-p', project, '--pretty', 'false', '--checkers', '1']
  const env = { GOGC: '400', ...process.env }
  return runChecker(root, 'typescript/bin/tsc', [...always, ...flags], env)
}

/** Checks format and lint; `--write` corrects what can be corrected. */
export function runBiome(root: string, args: readonly string[] = []): Promise<CheckResult> {
  const always = ['check', '--colors=off', '--max-diagnostics=200', '--error-on-warnings']
  return runChecker(root, '@biomejs/biome/bin/biome', ['biome', ...always, ...args])
}

function runChecker(
  root: string,
  script: string,
  [name, ...args]: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<CheckResult> {
  const path = join(root, 'node_modules', script)
  const command = ['npx', name, ...args].join(' ')
  return new Promise((resolve) => {
    const options = { cwd: root, env, maxBuffer: 64 * 1024 * 1024 }
    execFile(process.execPath, [path, ...args], options, (error, stdout, stderr) => {
      resolve({ command, isClean: error === null, output: `${stdout}${stderr}`.trim() })
    })
  })
}
