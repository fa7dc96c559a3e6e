/** Webhooks: who is told of what, and what could not be delivered. */
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import type { DeliveryView, WebhookView } from '../../server/wire/webhooks.ts'
import { deadLettersQuery, deliveriesQuery, webhooksQuery } from '../api/queries.ts'
import { ask } from '../api/request.ts'
import { Button } from '../part/button.tsx'
import { Complaint } from '../part/complaint.tsx'
import { ListEnd } from '../part/list-end.tsx'
import { Loaded } from '../part/loaded.tsx'
import { Panel } from '../part/panel.tsx'
import { Empty } from '../part/state-note.tsx'
import { Ago } from '../part/time.tsx'
import { Mark, type Tone } from '../part/tone.tsx'
import { WebhookDialog } from './webhook-dialog.tsx'

const TONES: Readonly<Record<DeliveryView['status'], Tone>> = {
  pending: 'moving',
  delivered: 'good',
  dead: 'bad',
}

/** Draws the lists. */
export function WebhooksView({ isAdmin }: { readonly isAdmin: boolean }): ReactNode {
  const webhooks = useInfiniteQuery(webhooksQuery)
  const deliveries = useInfiniteQuery(deliveriesQuery)
  // What could not be delivered has a list of its own.
  const others = deliveries.data?.filter(({ status }) => status !== 'dead')
  const [isMaking, setMaking] = useState(false)
  const add =
    isAdmin && webhooks.data !== undefined ? (
      <Button onClick={() => setMaking(true)}>Add a webhook…</Button>
    ) : undefined
  return (
    <div className="flex flex-col gap-5">
      <Panel
        title="Webhooks"
        count={webhooks.data?.length}
        hasMore={webhooks.hasNextPage}
        aside={add}
        isFlush
      >
        <Loaded query={webhooks} what="The list of webhooks">
          {(found) => <WebhookList webhooks={found} isAdmin={isAdmin} />}
        </Loaded>
        <ListEnd query={webhooks} count={webhooks.data?.length ?? 0} what="webhooks" />
      </Panel>
      <DeadLetters />
      <Panel
        title="Latest deliveries"
        count={others?.length}
        hasMore={deliveries.hasNextPage}
        isFlush
      >
        <Loaded query={deliveries} what="The list of deliveries">
          {(found) => <DeliveryList deliveries={others ?? found} />}
        </Loaded>
        <ListEnd query={deliveries} count={deliveries.data?.length ?? 0} what="deliveries" />
      </Panel>
      {isMaking ? <WebhookDialog onClose={() => setMaking(false)} /> : null}
    </div>
  )
}

function WebhookList(props: {
  readonly webhooks: readonly WebhookView[]
  readonly isAdmin: boolean
}): ReactNode {
  const queries = useQueryClient()
  const removing = useMutation({
    mutationFn: ({ id, etag }: WebhookView) =>
      ask({ method: 'DELETE', path: `/v1/webhooks/${encodeURIComponent(id)}`, ifMatch: etag }),
    onSettled: () => queries.invalidateQueries({ queryKey: webhooksQuery.queryKey }),
  })
  if (props.webhooks.length === 0) {
    return (
      <Empty title="Nobody is told.">
        A webhook tells Slack, or anything that takes CloudEvents, of breaches, holds, approvals and
        ends.
      </Empty>
    )
  }
  return (
    <>
      <Refused error={removing.error} />
      <ul className="divide-y divide-line">
        {props.webhooks.map((webhook) => (
          <li key={webhook.id} className="flex flex-wrap items-center gap-4 px-4 py-2.5">
            <div className="min-w-0 grow">
              <p className="break-all font-medium">{webhook.url}</p>
              <p className="text-muted text-xs">
                {webhook.format}, {webhook.types.map(shortType).join(', ')}, added by{' '}
                {webhook.createdBy} <Ago atMs={webhook.createdAtMs} />
              </p>
            </div>
            {props.isAdmin ? (
              <Button disabled={removing.isPending} onClick={() => removing.mutate(webhook)}>
                Remove
              </Button>
            ) : null}
          </li>
        ))}
      </ul>
    </>
  )
}

/** Nothing where everything was delivered. */
function DeadLetters(): ReactNode {
  const query = useInfiniteQuery(deadLettersQuery)
  if (query.data?.length === 0) return null
  return (
    <Panel title="Not delivered" count={query.data?.length} hasMore={query.hasNextPage} isFlush>
      <Loaded query={query} what="The list of what was not delivered">
        {(deliveries) => <DeliveryList deliveries={deliveries} />}
      </Loaded>
      <ListEnd query={query} count={query.data?.length ?? 0} what="undelivered" />
    </Panel>
  )
}

function DeliveryList({ deliveries }: { readonly deliveries: readonly DeliveryView[] }): ReactNode {
  const queries = useQueryClient()
  const again = useMutation({
    mutationFn: ({ id, etag }: DeliveryView) =>
      ask({
        method: 'POST',
        path: `/v1/deliveries/${encodeURIComponent(id)}/redeliver`,
        ifMatch: etag,
      }),
    onSettled: () => queries.invalidateQueries({ queryKey: deliveriesQuery.queryKey }),
  })
  if (deliveries.length === 0) return <Empty title="Nothing was to be delivered." />
  return (
    <>
      <Refused error={again.error} />
      <ul className="divide-y divide-line">
        {deliveries.map((delivery) => (
          <li key={delivery.id} className="flex flex-wrap items-center gap-3 px-4 py-2">
            <Mark tone={TONES[delivery.status]} />
            <div className="min-w-0 grow">
              <p>
                <span className="font-medium">{shortType(delivery.type)}</span>{' '}
                <span className="text-muted">
                  {delivery.status} after {delivery.attempts}{' '}
                  {delivery.attempts === 1 ? 'attempt' : 'attempts'},{' '}
                  <Ago atMs={delivery.createdAtMs} />
                </span>
              </p>
              {delivery.complaint === undefined ? null : (
                <p className="text-bad text-xs">{delivery.complaint}</p>
              )}
            </div>
            {delivery.status === 'dead' ? (
              <Button disabled={again.isPending} onClick={() => again.mutate(delivery)}>
                Deliver again
              </Button>
            ) : null}
          </li>
        ))}
      </ul>
    </>
  )
}

/** Why the last change came to nothing. */
function Refused({ error }: { readonly error: Error | null }): ReactNode {
  if (error === null) return null
  return (
    <div className="border-line border-b px-4 py-2.5">
      <Complaint sentence={error.message} />
    </div>
  )
}

function shortType(type: string): string {
  return type.replace('dev.rampart.', '')
}
