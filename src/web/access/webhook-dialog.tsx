/** Adds a webhook, and shows the secret of its signatures once. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, type ReactNode, useState } from 'react'
import type { WebhookReply, WebhookRequest } from '../../server/wire/webhooks.ts'
import { webhooksQuery } from '../api/queries.ts'
import { ask } from '../api/request.ts'
import { Button } from '../part/button.tsx'
import { Complaint } from '../part/complaint.tsx'
import { Dialog } from '../part/dialog.tsx'
import { SelectField, TextField } from '../part/field.tsx'
import { SecretNote } from './secret-note.tsx'

const FORMATS = [
  { value: 'cloudevents', text: 'CloudEvents, signed' },
  { value: 'slack', text: 'Slack and its likes' },
]

/** Unlike a token's secret, which is only compared, this one signs: it must be there again. */
const KEPT =
  'It is kept nowhere: the server derives it from its master key whenever it signs. The address is kept sealed.'

/** The dialog. */
export function WebhookDialog({ onClose }: { readonly onClose: () => void }): ReactNode {
  const [url, setUrl] = useState('')
  const [format, setFormat] = useState('cloudevents')
  const queries = useQueryClient()
  const making = useMutation({
    mutationFn: (body: WebhookRequest) =>
      ask<WebhookReply>({ method: 'POST', path: '/v1/webhooks', body }),
    onSuccess: ({ secret }) => {
      // What is not signed has nothing more to show.
      if (secret === undefined) onClose()
      return queries.invalidateQueries({ queryKey: webhooksQuery.queryKey })
    },
  })
  const secret = making.data?.secret
  if (secret !== undefined) {
    return (
      <Dialog title="The secret of its signatures" onClose={onClose}>
        <SecretNote of="this webhook" secret={secret} kept={KEPT} onDone={onClose} />
      </Dialog>
    )
  }
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    making.mutate({ url: url.trim(), format: format === 'slack' ? 'slack' : 'cloudevents' })
  }
  return (
    <Dialog title="Add a webhook" onClose={onClose}>
      <form onSubmit={submit} className="flex flex-col gap-4">
        <TextField
          label="URL"
          type="url"
          required
          placeholder="https://hooks.example.org/rampart"
          value={url}
          onChange={(event) => setUrl(event.target.value)}
        />
        <SelectField
          label="Format"
          value={format}
          options={FORMATS}
          onChange={(event) => setFormat(event.target.value)}
        />
        <p className="text-muted">
          It is told of a breach, a hold that needs a person, an approval wanted, and an end.
        </p>
        <Complaint sentence={making.error?.message} />
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Leave it</Button>
          <Button type="submit" weight="main" disabled={url.trim() === '' || making.isPending}>
            Add it
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
