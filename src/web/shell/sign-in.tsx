/** Shown instead of everything else while the server does not know who is asking. */
import { useQueryClient } from '@tanstack/react-query'
import { type FormEvent, type ReactNode, useState } from 'react'
import { hasToken, keepToken } from '../api/request.ts'
import { Button, buttonLook } from '../part/button.tsx'
import { TextField } from '../part/field.tsx'
import { Wordmark } from './wordmark.tsx'

/** Signs in with a provider, or with a token for this tab. */
export function SignIn(): ReactNode {
  const queries = useQueryClient()
  const [token, setToken] = useState('')
  const wasRefused = hasToken()
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    keepToken(token.trim())
    void queries.resetQueries()
  }
  const back = encodeURIComponent(window.location.pathname + window.location.search)
  return (
    <main className="mx-auto flex min-h-dvh w-full max-w-sm flex-col justify-center gap-6 px-4">
      <div className="flex flex-col gap-1">
        <Wordmark />
        <h1 className="mt-4 font-semibold text-lg">Sign in</h1>
        <p className="text-muted">This server wants to know who is asking.</p>
      </div>
      <a href={`/v1/auth/login?returnTo=${back}`} className={buttonLook({ weight: 'main' })}>
        Sign in with your provider
      </a>
      <form onSubmit={submit} className="flex flex-col gap-3 border-line border-t pt-5">
        <TextField
          label="Or with a token"
          type="password"
          autoComplete="off"
          hint="Kept in this tab until it is closed. An admin makes one under Access, or with rampart token."
          value={token}
          onChange={(event) => setToken(event.target.value)}
        />
        {wasRefused ? (
          <p role="alert" className="text-bad">
            That token was refused: it may be expired, revoked or cut short.
          </p>
        ) : null}
        <Button type="submit" disabled={token.trim() === ''}>
          Use token
        </Button>
      </form>
    </main>
  )
}
