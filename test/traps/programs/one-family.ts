/** Listens on one family of addresses only, the one that HOST is of, and after a while. */
import { afterTrap, becomeReady, serve, setting } from './program.ts'

afterTrap(() => {
  becomeReady()
  void serve((_request, response) => response.writeHead(200).end(), setting('HOST'))
})
