/** How long a review may wait: whoever looks later than this at an emergency access learns nothing from it any more (45 CFR 164.308(a)(1)(ii)(D)). */
export const REVIEW_DUE_HOURS = 72;
