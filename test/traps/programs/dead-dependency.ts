/** Answers 200 from the start, and says in the body that its database is down. */
import { afterTrap, answerJson, becomeReady, serve } from './program.ts'

let database = 'down'
await serve((_request, response) => answerJson(response, 200, { status: 'ok', database }))
afterTrap(() => {
  becomeReady()
  database = 'up'
})
