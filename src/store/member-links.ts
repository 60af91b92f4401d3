/** Which Kisi user a member is, in one organization. */
export interface MemberLink {
  organizationId: number;
  memberId: string;
  /** Unique within the organization: two members on one Kisi user would be two writers. */
  kisiUserId: number;
  /** Users that may still hold rows of ours. */
  formerUserIds: number[];
}

export interface MemberLinkStore {
  get(organizationId: number, memberId: string): Promise<MemberLink | null>;
  /**
   * Links the member. One who is linked already keeps that link, which is returned: look at its
   * `kisiUserId`. @throws DuplicateKey (`kisiUserId`) when another member has this Kisi user.
   */
  link(organizationId: number, memberId: string, kisiUserId: number): Promise<MemberLink>;
  /**
   * Moves the member to another Kisi user and the one before into `formerUserIds`. Links a member who
   * had no link. @throws DuplicateKey (`kisiUserId`)
   */
  relink(organizationId: number, memberId: string, kisiUserId: number): Promise<MemberLink>;
  /** Once a list has shown that the former user holds no row of ours. */
  dropFormer(organizationId: number, memberId: string, kisiUserId: number): Promise<void>;
  /** The member who is this Kisi user now, else one who was. */
  byUser(organizationId: number, kisiUserId: number): Promise<MemberLink | null>;
  allOf(organizationId: number): Promise<MemberLink[]>;
}
