import { z } from 'zod'
import { errors } from '../../base/errors/catalogue.ts'
import type { MachineSpec } from '../../base/model/machine-spec.ts'
import { explainIssue } from '../../base/validation/explain-issue.ts'
import type { Image } from '../../contract/config/image.ts'

/**
 * One image in the lesson platform's own schema: the model of images in antidote-core, db/models/image.go. It allows
 * no other property.
 */
const metaSchema = z.strictObject({
  slug: z.string().regex(/^[A-Za-z0-9-]*$/, 'must be letters, digits and "-"'),
  description: z.string(),
  flavor: z.enum(['legacy', 'trusted', 'untrusted']),
  enableForwarding: z.boolean(),
  networkInterfaces: z.array(
    z.string().refine((name) => name !== 'eth0', 'must not be eth0, which is for management'),
  ),
  sshUser: z.string().min(1),
  sshPassword: z.string().min(1),
  configUser: z.string().min(1),
  configPassword: z.string().min(1),
})

/** The content of image.meta.yaml. */
export type PlatformMeta = z.output<typeof metaSchema>

/** The platform names the interfaces of an endpoint net0, net1 and so on, unless it is told their names. */
const interfacesOf = ({ interfaceNames, interfaces }: MachineSpec): string[] =>
  interfaceNames ?? Array.from({ length: interfaces }, (_, index) => `net${index}`)

/**
 * What the lesson platform is told of an image. Throws META_SECRET where it would show one of `secrets`, META_INVALID
 * where the platform would not take it.
 */
export const platformMeta = (
  { name, config }: Image,
  spec: MachineSpec,
  secrets: ReadonlySet<string>,
): PlatformMeta => {
  const { description, platform } = config
  const { user, password } = spec.login
  const meta: PlatformMeta = {
    // names may have dots and underscores, slugs may not
    slug: platform.slug ?? name.replace(/[._]/g, '-'),
    description,
    flavor: platform.flavor ?? 'untrusted',
    enableForwarding: platform.enableForwarding ?? false,
    networkInterfaces: platform.networkInterfaces ?? interfacesOf(spec),
    sshUser: user,
    sshPassword: password,
    configUser: platform.configUser ?? user,
    configPassword: platform.configPassword ?? password,
  }
  if (secrets.has(meta.sshPassword)) throw errors.metaSecret(name, meta.sshUser)
  if (secrets.has(meta.configPassword)) throw errors.metaSecret(name, meta.configUser)
  const checked = metaSchema.safeParse(meta)
  if (checked.success) return checked.data
  const issue = checked.error.issues[0]!
  const value = issue.path.reduce<unknown>((object, part) => (object as never)[part], meta)
  throw errors.metaInvalid(name, issue.path.join('.'), explainIssue(issue, value))
}
