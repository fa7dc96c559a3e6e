/** The input of the `kubernetes` probe: `kubernetes: Deployment/api`, or an object with more to say. */
import { z } from 'zod'
import type { JsonObject } from '../../core/units/json.ts'
import { templated, textThat } from './template.ts'

const object = textThat(
  (text) => /^[A-Z][A-Za-z0-9]*\/[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?$/.test(text),
  'an object such as Deployment/api',
)

const endpoints = z.strictObject({
  service: z
    .string()
    .min(1)
    .exactOptional()
    .describe('The Service; by default the object, when it is one.'),
  least: templated(z.int().min(1))
    .exactOptional()
    .describe('How many must be ready at least; by default as many as the object wants.'),
})

/** Reads as `{ object }` when written as one text, else as the object itself. */
export const kubernetesInput: z.ZodType<JsonObject> = z.union([
  object.transform((text) => ({ object: text })),
  z.strictObject({
    object: object.describe('Kind and name.'),
    apiVersion: textThat(
      (text) => /^(?:[a-z0-9.-]+\/)?v[a-z0-9]+$/.test(text),
      'a version such as apps/v1 or example.com/v1alpha1',
    )
      .exactOptional()
      .describe('Group and version; must be given for kinds that not every cluster has.'),
    namespace: z
      .string()
      .min(1)
      .exactOptional()
      .describe("By default the context's, or else `default`."),
    context: z.string().min(1).exactOptional().describe('Context of the kubeconfig.'),
    kubeconfig: z
      .string()
      .min(1)
      .exactOptional()
      .describe('Path of the kubeconfig; by default as kubectl finds it, or as a Pod does.'),
    absent: templated(z.boolean())
      .exactOptional()
      .describe('There must be no such object any more.')
      .meta({ default: false }),
    endpoints: endpoints.exactOptional().describe('Who must be ready behind a Service.'),
  }),
])
