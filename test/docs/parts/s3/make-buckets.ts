/** Makes the bucket, and puts the logo into it. */
import {
  CreateBucketCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'

const store = new S3Client({
  endpoint: process.env['STORE'] ?? '',
  region: 'eu-central-1',
  forcePathStyle: true,
})
const place = { Bucket: 'shop-uploads' }
const CreateBucketConfiguration = { LocationConstraint: 'eu-central-1' } as const
await store.send(new CreateBucketCommand({ ...place, CreateBucketConfiguration }))
const VersioningConfiguration = { Status: 'Enabled' } as const
await store.send(new PutBucketVersioningCommand({ ...place, VersioningConfiguration }))
await store.send(new PutObjectCommand({ ...place, Key: 'images/logo.png', Body: 'logo' }))
store.destroy()
