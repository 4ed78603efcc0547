/** A question that follows a sentence about a word that is not known; nothing where no word is near. */
export const meant = (near: string | undefined): string => (near ? ` Did you mean "${near}"?` : '')
