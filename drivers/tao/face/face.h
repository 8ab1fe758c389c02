/* SPDX-License-Identifier: GPL-2.0-only */
/* The interfaces to user space. */
#ifndef _TAO_FACE_H
#define _TAO_FACE_H

#include "burn/burn.h"

/* status.c */
void tao_status_get(struct tao_device *td, struct tao_status *status);
__poll_t tao_status_poll(struct tao_file *file);

/* sysfs.c */
extern const struct attribute_group *tao_groups[];

/* chardev.c */
extern const struct file_operations tao_fops;

#endif /* _TAO_FACE_H */
