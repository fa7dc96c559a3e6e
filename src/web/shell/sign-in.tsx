/** Shown instead of everything else while the server does not know who is asking. */
import { useMutation, useQuery } from '@tanstack/react-query'
import { clsx } from 'clsx'
import { type FormEvent, type ReactNode, useState } from 'react'
import { signInWaysQuery } from '../api/queries.ts'
import { beginSession } from '../api/request.ts'
import { Button, buttonLook } from '../part/button.tsx'
import { TextField } from '../part/field.tsx'
import { Copyable } from '../part/short-text.tsx'
import { Wordmark } from './wordmark.tsx'

/** Signs in with a provider, where there is one, or with a token. */
export function SignIn(): ReactNode {
  const { data: ways } = useQuery(signInWaysQuery)
  const hasProvider = ways?.browser === true
  const back = encodeURIComponent(window.location.pathname + window.location.search)
  return (
    <main className="mx-auto flex min-h-dvh w-full max-w-sm flex-col justify-center gap-6 px-4">
      <div className="flex flex-col gap-1">
        <Wordmark />
        <h1 className="mt-4 font-semibold text-lg">Sign in</h1>
        <p className="text-muted">This server wants to know who is asking.</p>
      </div>
      {hasProvider ? (
        <a href={`/v1/auth/login?returnTo=${back}`} className={buttonLook({ weight: 'main' })}>
          Sign in with your provider
        </a>
      ) : null}
      <TokenForm hasProvider={hasProvider} />
      <p className="text-muted text-xs">
        No token? An admin makes one under Access. The first one is made on the server&apos;s own
        machine:
        <span className="mt-2 block">
          <Copyable text="rampart token create me --role admin" label="the command" />
        </span>
      </p>
    </main>
  )
}

function TokenForm({ hasProvider }: { readonly hasProvider: boolean }): ReactNode {
  const [token, setToken] = useState('')
  const signing = useMutation({
    mutationFn: () => beginSession(token.trim()),
    // Whoever this is now asks everything anew, and hears of what happens from the beginning.
    onSuccess: () => window.location.reload(),
  })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    signing.mutate()
  }
  return (
    <form
      onSubmit={submit}
      className={clsx('flex flex-col gap-3', hasProvider && 'border-line border-t pt-5')}
    >
      <TextField
        label={hasProvider ? 'Or with a token' : 'With a token'}
        type="password"
        autoComplete="off"
        hint="This page does not keep it."
        value={token}
        onChange={(event) => setToken(event.target.value)}
      />
      {signing.isError ? (
        <p role="alert" className="text-bad">
          {signing.error.message}
        </p>
      ) : null}
      <Button
        type="submit"
        weight={hasProvider ? 'plain' : 'main'}
        disabled={token.trim() === '' || signing.isPending}
      >
        Use token
      </Button>
    </form>
  )
}
