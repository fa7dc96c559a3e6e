/** Which service's port a front stands for, by its name: `shop/api/http` is the `http` of `shop/api`. */
import type { ConnectTarget } from '../../core/port/connect-policy.ts'

/** The port's name is what comes after the last slash. */
export function targetOf(front: string): ConnectTarget {
  const at = front.lastIndexOf('/')
  return { service: front.slice(0, Math.max(at, 0)), port: front.slice(at + 1) }
}
