/** Whether a server is of the copy. What is not is somebody's in earnest, and is left alone. */
import type { Trial } from './trial.ts'

/** Why a fault was not put into a server of somebody else. */
export const FOREIGN = 'its server is not of the copy, and was left alone'

/** The component of the copy that serves a URL; undefined when none does. */
export async function serverOf(
  trial: Trial,
  url: string,
  usualPort: number,
): Promise<string | undefined> {
  if (!URL.canParse(url)) return undefined
  const { hostname, port } = new URL(url)
  const isHere = ['localhost', '[::1]'].includes(hostname) || /^127(?:\.\d+){3}$/.test(hostname)
  return isHere ? await trial.servedBy(Number(port === '' ? usualPort : port)) : undefined
}
