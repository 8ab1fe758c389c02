/* SPDX-License-Identifier: GPL-2.0-only */
/* For every layer: the state of a drive, its errors, its worker. */
#ifndef _TAO_BASE_H
#define _TAO_BASE_H

#include "tao.h"

/* Whether a track is open, or being ended. */
static inline bool tao_stream_is_open(const struct tao_device *td)
{
	return READ_ONCE(td->stream.phase) != TAO_PHASE_CLOSED;
}

/* Whether a track is open that nobody has cut short. */
static inline bool tao_stream_is_wanted(const struct tao_device *td)
{
	return tao_stream_is_open(td) && !READ_ONCE(td->stream.cut);
}

/* plan.c */
void tao_plan_put(struct tao_plan *plan);
bool tao_plan_same(const struct tao_plan *a, const struct tao_plan *b);

/* names.c */
const char *tao_state_name(u32 state);
const char *tao_action_name(u32 action);
const char *tao_medium_name(u32 type);
const char *tao_disc_status_name(u32 status);

/* device.c */
bool tao_device_get(struct tao_device *td);
void tao_device_put(struct tao_device *td);
u32 tao_drive_flags(const struct tao_device *td);

/* event.c */
void tao_event_init(struct tao_device *td, void (*on_tick)(struct tao_device *td));
void tao_event_attrs_init(struct tao_device *td);
void tao_event_attrs_exit(struct tao_device *td);
void tao_event_gone(struct tao_device *td);
u32 tao_event_track(const struct tao_device *td);
void tao_event_uevent(struct tao_device *td);
void tao_event_changed(struct tao_device *td);
void tao_event_set_state(struct tao_device *td, enum tao_state state);
void tao_event_set_action(struct tao_device *td, enum tao_action action);
void tao_event_set_progress(struct tao_device *td, u32 progress);
void tao_event_ticking(struct tao_device *td, bool on);

/* error.c */
void tao_error_begin(struct tao_device *td);
void tao_error_forget(struct tao_device *td);
int tao_error_command(struct tao_device *td, int error, u8 opcode, s32 lba,
		      const struct tao_sense *sense);
__printf(3, 4) int tao_error_text(struct tao_device *td, int error, const char *fmt, ...);
void tao_error_get(struct tao_device *td, struct tao_error *error);

/* worker.c */
int tao_worker_start(void);
void tao_worker_stop(void);
void tao_worker_init(struct tao_device *td, void (*urgent)(struct tao_device *td));
void tao_worker_exit(struct tao_device *td);
void tao_worker_kick(struct tao_device *td);
void tao_worker_queue(struct tao_device *td, struct tao_job *job);
void tao_worker_queue_ender(struct tao_device *td);
void tao_worker_drop(struct tao_device *td, struct tao_job *job, int result);
bool tao_worker_idle(struct tao_device *td);
void tao_worker_freeze(bool frozen);
void tao_worker_shut(void);
bool tao_worker_is_shut(void);
struct tao_job *tao_job_alloc(const struct tao_job_kind *kind, const void *args, size_t size);
void tao_job_init(struct tao_job *job, const struct tao_job_kind *kind);
void tao_job_put(struct tao_job *job);
bool tao_job_done(const struct tao_job *job);
bool tao_job_same(const struct tao_job *a, const struct tao_job *b);

#endif /* _TAO_BASE_H */
