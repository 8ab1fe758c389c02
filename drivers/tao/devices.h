/* SPDX-License-Identifier: GPL-2.0-only */
/* All drives. */
#ifndef _TAO_DEVICES_H
#define _TAO_DEVICES_H

#include "face/face.h"

/* devices.c */
int tao_devices_start(void);
int tao_devices_attach(void);
void tao_devices_detach(void);
void tao_devices_wait(void);
void tao_devices_exit(void);
typedef int (*tao_device_fn)(struct tao_device *td);
int tao_devices_walk(tao_device_fn fn);

/* power.c */
int tao_power_init(void);
void tao_power_exit(void);

#endif /* _TAO_DEVICES_H */
