/** Where the keeper of a workspace listens. */
import { socketPathOf } from '../../channel/socket-path.ts'

/**
 * The path of the socket; its folder is there afterwards, open to its owner alone.
 *
 * @throws workspace-unusable when the folder belongs to somebody else
 */
export function keeperPathOf(folder: string): string {
  return socketPathOf(folder, 'keeper')
}
