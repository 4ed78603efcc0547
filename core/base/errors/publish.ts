import { AntidoteError } from './error.ts'

/** What is left to do where no engine answers. */
const WITHOUT_ENGINE =
  'write the image to a file with `antidote publish --archive <file>` and load that later.'

/** Errors of images, registries and what is written beside them. */
export const publishErrors = {
  layerPathTwice: (path: string) =>
    new AntidoteError('LAYER_PATH_TWICE', `The layer has two entries for ${path}.`),
  runtimeFileMissing: (path: string) =>
    new AntidoteError(
      'RUNTIME_FILE_MISSING',
      `The toolbox has no ${path}, which every published image needs.`,
      {
        hint: 'Remove the toolbox with `antidote clean` and build again: it is made anew.',
      },
    ),
  referenceInvalid: (reference: string, reason: string) =>
    new AntidoteError('REFERENCE_INVALID', `"${reference}" is not the name of an image: ${reason}.`, {
      exitCode: 2,
      hint: 'A name looks like antidotelabs/utility:v0.4.0 or registry.example:5000/antidotelabs/utility:latest.',
    }),
  registryMissing: (reference: string) =>
    new AntidoteError('REGISTRY_MISSING', `"${reference}" does not say which registry to publish to.`, {
      exitCode: 2,
      hint: 'Begin it with the host of a registry, for example registry.example:5000/antidotelabs/utility:latest.',
    }),
  registryDenied: (reference: string, lines: string[]) =>
    new AntidoteError('REGISTRY_DENIED', `The registry gives you no access to ${reference}.`, {
      lines,
      hint: 'Log in with `podman login`, `skopeo login` or `docker login`, and check what you may do there.',
    }),
  registryUnreachable: (registry: string, lines: string[]) =>
    new AntidoteError('REGISTRY_UNREACHABLE', `The registry ${registry} cannot be reached.`, {
      lines,
      hint: 'Check the host and port, and that the registry runs.',
    }),
  registryFailed: (reference: string, reason: string, lines: string[]) =>
    new AntidoteError(
      'REGISTRY_FAILED',
      `The registry failed over ${reference}: ${reason.replace(/\.$/, '')}.`,
      {
        lines,
        hint: 'Its own log says why, such as a full disk. The image is whole here; publish it again when the registry works.',
      },
    ),
  registryInsecure: (registry: string, lines: string[]) =>
    new AntidoteError('REGISTRY_INSECURE', `The registry ${registry} offers no TLS that can be trusted.`, {
      lines,
      hint: `Put the certificate of its authority into /etc/containers/certs.d/${registry}/ca.crt or where this machine trusts it, or allow it with --insecure.`,
    }),
  authFile: (path: string, reason: string) =>
    new AntidoteError(
      'AUTH_FILE',
      `The credentials in ${path} cannot be read: ${reason.replace(/\.$/, '')}.`,
      {
        exitCode: 2,
        hint: 'Mend or remove the file, and log in again with `podman login`, `skopeo login` or `docker login`.',
      },
    ),
  credentialHelper: (command: string, file: string, registry: string, reason: string) =>
    new AntidoteError(
      'CREDENTIAL_HELPER',
      `${command}, which ${file} names for the credentials of ${registry}, gave none: ${reason.replace(/\.$/, '')}.`,
      {
        hint: `Install it in PATH, or log in with \`podman login ${registry}\`, whose file is asked before it.`,
      },
    ),
  imagePolicy: (reference: string, reason: string, lines: string[]) =>
    new AntidoteError(
      'IMAGE_POLICY',
      `The policy for images on this machine refuses ${reference}: ${reason.replace(/\.$/, '')}.`,
      {
        lines,
        hint: 'See policy.json in ~/.config/containers or /etc/containers: it says which images are accepted.',
      },
    ),
  // a vendor's disk
  vendorBits: (image: string, to: string) =>
    new AntidoteError(
      'VENDOR_BITS',
      `The image "${image}" has a vendor's disk in it that is not redistributable, so it is not pushed to ${to}.`,
      {
        exitCode: 2,
        hint: 'Push it with --without-vendor-disk: who has the disk completes it by `antidote hydrate`. If you may pass the disk on there, say so with --redistribute.',
      },
    ),
  vendorNone: (image: string) =>
    new AntidoteError('VENDOR_NONE', `The image "${image}" has no vendor's disk that could be left out.`, {
      exitCode: 2,
      hint: "Publish it without --without-vendor-disk; a disk is a vendor's with `redistributable: false`.",
    }),
  vendorMixed: (image: string, disk: string) =>
    new AntidoteError(
      'VENDOR_MIXED',
      `The vendor's disk ${disk} cannot be left out of the image "${image}": a plugin has made another of it.`,
      {
        exitCode: 2,
        hint: 'Let the plugin keep the files that it was given in `chain` and add one of its own.',
      },
    ),
  hydrateWhole: (source: string) =>
    new AntidoteError('HYDRATE_WHOLE', `${source} lacks no vendor's disk: it is whole already.`, {
      exitCode: 2,
    }),
  hydrateDisk: (disk: string, image: string, wanted: string, got: string, name: string) =>
    new AntidoteError(
      'HYDRATE_DISK',
      `${disk} is not the disk that the image "${image}" was made from: it has sha256 ${got}, not ${wanted}.`,
      { hint: `The file was called ${name}. Take it as the vendor gives it, packed if it was packed.` },
    ),
  hydrateDiffers: (disk: string, got: string, wanted: string, lines: string[]) =>
    new AntidoteError(
      'HYDRATE_DIFFERS',
      `The layer made from ${disk} has the digest ${got}, not ${wanted}; nothing was written.`,
      {
        lines,
        hint: 'Other versions of the tools give other bytes. Complete it with the version of antidote that published it, or build the image from its config.',
      },
    ),
  // inspecting
  imageUnpublished: (image: string, directory: string) =>
    new AntidoteError(
      'IMAGE_UNPUBLISHED',
      `The image "${image}" was not published yet: there is no OCI layout in ${directory}.`,
      {
        hint: "Run `antidote publish`, or name the layout's directory or the image in a registry.",
      },
    ),
  imageUnreadable: (source: string, reason: string) =>
    new AntidoteError(
      'IMAGE_UNREADABLE',
      `${source} cannot be read as an OCI image: ${reason.replace(/\.$/, '')}.`,
    ),
  imageForeign: (source: string, label: string) =>
    new AntidoteError(
      'IMAGE_FOREIGN',
      `${source} was not published by antidote: the image has no label ${label}.`,
    ),
  imageSource: (source: string) =>
    new AntidoteError('IMAGE_SOURCE', `"${source}" is neither a directory nor the name of an image.`, {
      exitCode: 2,
      hint: 'Name an OCI layout, docker://host/path:tag, oci:directory[:tag] or oci-archive:file[:tag].',
    }),
  // publishing
  testsFailed: (image: string, failed: number, all: number, lines: string[]) =>
    new AntidoteError(
      'TESTS_FAILED',
      `${failed === 1 ? 'One' : failed} of the ${all} tests of the image "${image}" failed; nothing was published.`,
      { lines, hint: 'Run `antidote test` to see all of them, or publish with --no-test.' },
    ),
  optionMissing: (option: string, reason: string) =>
    new AntidoteError('OPTION_MISSING', `The option ${option} is missing: ${reason}.`, { exitCode: 2 }),
  optionsContradict: (one: string, other: string, reason: string, hint: string) =>
    new AntidoteError('OPTIONS_CONTRADICT', `The options ${one} and ${other} contradict: ${reason}.`, {
      exitCode: 2,
      hint,
    }),
  sourceDate: (value: string) =>
    new AntidoteError(
      'SOURCE_DATE',
      `SOURCE_DATE_EPOCH is ${JSON.stringify(value)}, which is not a number of seconds since 1970.`,
      { exitCode: 2, hint: 'Unset it, or set it as `git log -1 --format=%ct` prints it.' },
    ),
  previewInvalid: (id: string) =>
    new AntidoteError('PREVIEW_INVALID', `"${id}" cannot be part of the tag of a preview.`, {
      exitCode: 2,
      hint: 'Use 1 to 120 letters, digits, "_", "." or "-", such as the number of the pull request.',
    }),
  previewTag: (option: string, name: string, tag: string) =>
    new AntidoteError(
      'PREVIEW_TAG',
      `The name "${name}" of ${option} has the tag "${tag}", and --preview gives it another.`,
      { exitCode: 2, hint: 'Leave out the tag, or --preview.' },
    ),
  collectionEmpty: (directory: string) =>
    new AntidoteError('COLLECTION_EMPTY', `There is no antidote.config.ts in ${directory} or below it.`, {
      exitCode: 2,
      hint: 'Name the directory that holds the images: `antidote publish --changed <dir>`.',
    }),
  collectionTwins: (name: string, one: string, other: string) =>
    new AntidoteError('COLLECTION_TWINS', `Two images are called "${name}": ${one} and ${other}.`, {
      exitCode: 2,
      hint: 'Give one of them another name: they would be published over each other.',
    }),
  metaInvalid: (image: string, property: string, reason: string) =>
    new AntidoteError(
      'META_INVALID',
      `The platform would refuse image.meta.yaml of the image "${image}": "${property}" ${reason}`,
      { exitCode: 2, hint: 'Set it in the `platform` section of the config.' },
    ),
  metaSecret: (image: string, user: string) =>
    new AntidoteError(
      'META_SECRET',
      `image.meta.yaml of the image "${image}" would show the password of "${user}", which is a secret.`,
      {
        exitCode: 2,
        hint: 'The platform logs in with what that file says: give the user a password without secret(), or do without --meta.',
      },
    ),
  metaForeign: (file: string) =>
    new AntidoteError('META_FOREIGN', `${file} was not written by antidote, so it is left as it is.`, {
      exitCode: 2,
      hint: 'Move what it says into the `platform` section of the config and remove the file, or name another with --meta <file>.',
    }),
  dockerfileLabel: (name: string) =>
    new AntidoteError(
      'DOCKERFILE_LABEL',
      `The label "${name}" has a line break, which no Dockerfile can set.`,
      {
        exitCode: 2,
        hint: 'Take the line break out of `labels` or `description`, or publish without --dockerfile.',
      },
    ),
  dockerfileOccupied: (directory: string) =>
    new AntidoteError(
      'DOCKERFILE_OCCUPIED',
      `${directory} holds something else than a build context of antidote.`,
      {
        exitCode: 2,
        hint: 'Name a directory that is empty or does not exist.',
      },
    ),
  engineMissing: () =>
    new AntidoteError(
      'ENGINE_MISSING',
      'The image cannot be loaded: neither podman nor docker is on this machine.',
      { hint: `Install one of them (\`antidote doctor\` shows the command), or ${WITHOUT_ENGINE}` },
    ),
  engineUnreachable: (names: readonly string[], lines: string[]) => {
    const does = names.length === 1 ? 'is here but does not answer' : 'are here but do not answer'
    const docker = 'Start the Docker daemon, check DOCKER_HOST and that you may use it,'
    const way = names.includes('docker') ? docker : 'Run `podman info`, which says what is wrong,'
    return new AntidoteError(
      'ENGINE_UNREACHABLE',
      `The image cannot be loaded: ${names.join(' and ')} ${does}.`,
      { lines, hint: `${way} or ${WITHOUT_ENGINE}` },
    )
  },
  /** `full` is whether the disk of the engine is. */
  loadFailed: (engine: string, ref: string, layout: string, full: boolean, lines: string[]) =>
    new AntidoteError(
      'LOAD_FAILED',
      `${engine} did not load ${ref}${full ? ', because its disk is full' : ''}; the image is whole in ${layout}.`,
      {
        lines,
        hint: `${full ? `Free space there, for example with \`${engine} image prune\`. ` : ''}Load it later: \`antidote publish --load\` builds nothing again, and \`antidote publish --archive <file>\` writes it for \`${engine} load --input <file>\`.`,
      },
    ),
  outputUnusable: (option: string, path: string, reason: string) =>
    new AntidoteError('OUTPUT_UNUSABLE', `The path ${path} of ${option} cannot be written: ${reason}.`, {
      exitCode: 2,
    }),
  inputUnusable: (option: string, path: string, reason: string) =>
    new AntidoteError('INPUT_UNUSABLE', `The path ${path} of ${option} cannot be read: ${reason}.`, {
      exitCode: 2,
    }),
} as const
