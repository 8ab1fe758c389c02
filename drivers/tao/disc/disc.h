/* SPDX-License-Identifier: GPL-2.0-only */
/* The disc: whose it is, whether it is ready, what is on it, how fast it turns. */
#ifndef _TAO_DISC_H
#define _TAO_DISC_H

#include "base/base.h"

/* No CD holds more: the last address in minutes, seconds, frames is 99:59:74. */
#define TAO_LBA_MAX	449849

/* -EBUSY is for a drive that is held, not for an operation that does not end. */
static inline int tao_gave_up(int err)
{
	return err == -EBUSY ? -ETIMEDOUT : err;
}

/* Sends a command until the drive does not put it off any more; see tao_ready_again(). */
#define tao_ask(_td, _began, _command)						\
({										\
	ktime_t __began = (_began);						\
	int __err;								\
										\
	do {									\
		__err = (_command);						\
	} while (__err && tao_ready_again(_td, __began));			\
	__err;									\
})

/* disc.c */
bool tao_disc_same(const struct tao_disc *was, const struct tao_disc *is);
bool tao_disc_same_kept(const struct tao_disc *was, const struct tao_disc *is);
bool tao_disc_differs_in_number(const struct tao_disc *was, const struct tao_disc *is);
void tao_disc_set(struct tao_disc *disc, const struct tao_medium *m, const struct tao_toc *toc,
		  u32 id);
void tao_disc_expect(struct tao_disc *disc, u32 number, s32 start_lba, u32 sectors);
void tao_disc_expect_end(struct tao_disc *disc, u32 number);
void tao_disc_expect_blank(struct tao_disc *disc);
void tao_disc_expect_close(struct tao_disc *disc);
bool tao_disc_forgives(const struct tao_disc *was, const struct tao_disc *is);
void tao_disc_trust(struct tao_disc *disc);
void tao_disc_settle(const struct tao_disc *was, struct tao_disc *is);

/* claim.c */
int tao_claim_take(struct tao_device *td, bool query);
void tao_claim_lock_door(struct tao_device *td);
void tao_claim_unlock_door(struct tao_device *td);
void tao_claim_drop(struct tao_device *td);
void tao_claim_unlock_gone(struct tao_device *td);
int tao_claim_late(const struct tao_device *td);
void tao_claim_tell_exchange(struct tao_device *td);
void tao_claim_disc_changed(struct tao_device *td);
dev_t tao_claim_disk(struct tao_device *td);

/* medium.c */
int tao_medium_fail(struct tao_device *td, int err, u8 opcode);
void tao_medium_doubt(struct tao_device *td);
void tao_medium_forget(struct tao_device *td, u32 type);
bool tao_medium_is_cd(const struct tao_medium *m);
bool tao_medium_is_blank(const struct tao_medium *m);
void tao_medium_get(struct tao_device *td, struct tao_medium *medium);
void tao_medium_note_failed(struct tao_device *td);
void tao_medium_put_aside(struct tao_device *td);
bool tao_medium_replaces(const struct tao_device *td);
void tao_medium_forget_failed(struct tao_device *td);
void tao_medium_note_burned(struct tao_device *td, bool again);

/* ready.c */
bool tao_ready_is_given_up(const struct tao_device *td);
int tao_ready_wait(struct tao_device *td, unsigned int timeout_ms);
int tao_ready_wait_done(struct tao_device *td, u8 opcode, unsigned int timeout_ms);
unsigned int tao_ready_put_off_ms(const struct tao_sense *sense);
bool tao_ready_again(struct tao_device *td, ktime_t began);
bool tao_ready_refused(struct tao_device *td, ktime_t *began, unsigned int *starts);

/* select.c */
void tao_select_parameters(struct tao_device *td, const struct tao_track_begin *begin,
			   struct tao_write_parameters *p);
int tao_select(struct tao_device *td, const struct tao_write_parameters *p, ktime_t began);
int tao_select_ask_lost(struct tao_device *td);
int tao_select_ask(struct tao_device *td, ktime_t began, u32 number, struct tao_track_info *info);
bool tao_select_ask_failed(struct tao_device *td, int err);
int tao_select_full(struct tao_device *td);
int tao_select_fix_next(struct tao_device *td, const struct tao_medium *m,
			struct tao_track_info *info);
int tao_select_track(struct tao_device *td, const struct tao_track_begin *begin,
		     struct tao_track_info *info);
int tao_select_ask_next(struct tao_device *td, struct tao_track_info *info);
int tao_select_close(struct tao_device *td, u32 close);
void tao_select_no_test(struct tao_device *td);
int tao_select_at_once(struct tao_device *td, u32 close, u8 block_type);

/* scan.c */
int tao_scan(struct tao_device *td);
int tao_scan_same(struct tao_device *td);
int tao_scan_after_test(struct tao_device *td);
int tao_scan_query(struct tao_device *td);
int tao_scan_anew(struct tao_device *td);

/* check.c */
int tao_check_cd(struct tao_device *td, const struct tao_medium *m);
int tao_check_writable(struct tao_device *td);
int tao_check_track(struct tao_device *td, u32 sectors, bool must);

/* speed.c */
int tao_speed_apply(struct tao_device *td);
void tao_speed_read(struct tao_device *td);
void tao_speed_doubt(struct tao_device *td);
void tao_speed_request(struct tao_device *td, const struct tao_speed *speed);
void tao_speed_request_late(struct tao_device *td, const struct tao_speed *speed, u64 requests);

#endif /* _TAO_DISC_H */
