/* SPDX-License-Identifier: GPL-2.0-only */
/* The jobs of the worker, and the permission to order them. */
#ifndef _TAO_BURN_H
#define _TAO_BURN_H

#include "audio/audio.h"
#include "disc/disc.h"

/* Commands that take long */
enum tao_long {
	TAO_LONG_SYNC_CACHE,
	TAO_LONG_SYNC_SESSION,
	TAO_LONG_CLOSE_SESSION,
	TAO_LONG_CLOSE_TRACK,		/* the one that is open */
	TAO_LONG_CLOSE_LEFT,		/* tao_device.ends.left_track */
	TAO_LONG_BLANK_MINIMAL,
	TAO_LONG_BLANK_FULL,
};

/* long.c */
int tao_long_run(struct tao_device *td, enum tao_long command);

/* hold.c */
/* A unit attention before the first WRITE makes the preparation start again. */
#define TAO_HOLD_TRIES	3

extern const struct tao_job_kind tao_job_prepare;
extern const struct tao_job_kind tao_job_look_again;
void tao_hold_note_lost(struct tao_device *td, bool lost);
void tao_hold_drop(struct tao_device *td);
void tao_hold_leave(struct tao_device *td);
int tao_hold_for_track(struct tao_device *td);
bool tao_hold_was_lost(struct tao_device *td);
int tao_hold_check(struct tao_device *td);
int tao_hold_lost(struct tao_device *td);
int tao_hold_again(struct tao_device *td);
int tao_hold_begin(struct tao_device *td);
void tao_hold_end_test(struct tao_device *td);
void tao_hold_resume(struct tao_device *td);
int tao_hold_visit(struct tao_device *td, enum tao_action action, unsigned int wait_ms);
int tao_hold_enter(struct tao_device *td);
int tao_hold_take(struct tao_device *td);
void tao_settings_get(struct tao_file *file, struct tao_settings *settings);
void tao_settings_set(struct tao_file *file, const struct tao_settings *settings);

/* at_once_end.c */
void tao_at_once_forget(struct tao_device *td);
int tao_at_once_look_cut(struct tao_device *td, bool attention, int flushed);
void tao_at_once_cut_short(struct tao_device *td, int reason, struct list_head *gone);
bool tao_at_once_starved(const struct tao_device *td);
void tao_at_once_end_starved(struct tao_device *td);
bool tao_at_once_is_whole(const struct tao_device *td);
int tao_at_once_close(struct tao_device *td, int error);

/* track.c */
extern const struct tao_job_kind tao_job_track_begin;
extern const struct tao_job_kind tao_job_track_end;
extern const struct tao_job_kind tao_job_end_behind;
int tao_track_open(struct tao_device *td, const struct tao_track_begin *begin);
int tao_track_end(struct tao_device *td, struct tao_track_end *end);
void tao_track_urgent(struct tao_device *td);

/* at_once.c */
extern const struct tao_job_kind tao_job_session_begin;

/* close.c */
extern const struct tao_job_kind tao_job_release;
extern const struct tao_job_kind tao_job_finalize;
extern const struct tao_job_kind tao_job_recover;
extern const struct tao_job_kind tao_job_blank;
void tao_close_abandoned(struct tao_device *td);

/* query.c */
extern const struct tao_job_kind tao_job_refresh;
extern const struct tao_job_kind tao_job_get_text;
extern const struct tao_job_kind tao_job_set_speed;
int tao_query_refresh(struct tao_file *file, bool *stale);
int tao_query_read_text(struct tao_file *file, struct tao_job **job);
int tao_query_look(struct tao_device *td);
int tao_query_set_speed(struct tao_device *td, const struct tao_speed *speed);

/* call.c */
bool tao_call_nonblock(const struct tao_file *file);
bool tao_call_unfinished(const struct tao_file *file);
bool tao_call_begins(const struct tao_job *job);
struct tao_job *tao_call_start_locked(struct tao_file *file, struct tao_job *fresh,
				      struct tao_job **old);
void tao_call_forget(struct tao_file *file, struct tao_job *job);
void tao_call_note_user(struct tao_file *file);
int tao_call_wait(struct tao_file *file, struct tao_job *job, bool nowait);
int tao_call_planned(struct tao_file *file, const struct tao_job_kind *kind, void *args,
		     size_t size, struct tao_plan *plan);
int tao_call(struct tao_file *file, const struct tao_job_kind *kind, void *args, size_t size);

/* cut.c */
bool tao_cut_has_end(const struct tao_file *file);
bool tao_cut_is_ending(const struct tao_file *writer);
void tao_cut_end_behind(struct tao_device *td);
void tao_cut(struct tao_device *td, int reason, struct list_head *gone);
int tao_cut_cancel(struct tao_file *file);

/* session.c */
int tao_session_open(struct tao_file *file, bool nonblock);
int tao_session_flush(struct tao_file *file);
void tao_session_drop_dead(struct tao_device *td);
void tao_session_release(struct tao_file *file);
void tao_session_free_file(struct tao_file *file);
ssize_t tao_session_write(struct tao_file *file, struct kiocb *iocb, struct iov_iter *from);
ssize_t tao_session_splice(struct tao_file *file, struct pipe_inode_info *pipe, size_t len,
			   bool nonblock);
int tao_session_fsync(struct tao_file *file);
void tao_session_init(struct tao_device *td);
void tao_session_gone(struct tao_device *td);

/* down.c */
#define TAO_WHY_SIZE	80
bool tao_down_busy(struct tao_device *td, char why[TAO_WHY_SIZE]);
bool tao_down_stays_busy(struct tao_device *td);
void tao_down_end_unfed(struct tao_device *td);
bool tao_down_ends(struct tao_device *td);
bool tao_down_finishes(struct tao_device *td);
bool tao_down_shut(struct tao_device *td);

#endif /* _TAO_BURN_H */
