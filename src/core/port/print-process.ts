/** Whoever listens, as words of a sentence. */

/** What is known of a process; without a pid it is somebody else's, which may not be looked at. */
export interface PrintedProcess {
  readonly pid?: number | undefined
  readonly command?: string | undefined
}

/** `process 12 (node api.js)`. @param place whether a sentence begins with it */
export function printProcess(
  { pid, command = '' }: PrintedProcess,
  place: 'first' | 'within' = 'within',
): string {
  const words = pid === undefined ? 'a process that may not be looked at' : `process ${pid}`
  const said = place === 'first' ? `${words.charAt(0).toUpperCase()}${words.slice(1)}` : words
  return command === '' ? said : `${said} (${command})`
}
