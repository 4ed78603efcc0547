/** Where every namespace of a build has files of its own. */
const OWN = /^\/(bin|boot|dev|etc|lib|lib32|lib64|libx32|proc|sbin|sys|usr)(\/|$)/

/** Whether an image has files of its own at a path, so that its build steps cannot be shown the host's there. */
export const isOwnPath = (path: string, user: string): boolean =>
  // the user's own directory must not be there before the user is
  OWN.test(path) || `${path}/`.startsWith(`/home/${user}/`)
